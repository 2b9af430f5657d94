// Formats figures, ratios and load.

import { formatBytes, formatSeconds } from '../_helpers/format.ts'
import type { Comparison, Load, Quantity, SideResult } from './measurement.ts'
import type { Spread } from './statistics.ts'

/** A figure with its unit. */
export const formatQuantity = (value: number, quantity: Quantity): string =>
  quantity === 'seconds' ? formatSeconds(value) : formatBytes(Math.round(value))

/** `90×`, `6.4×`, `0.53×`: two significant digits or so. */
export const formatRatio = (value: number): string =>
  `${value >= 20 ? value.toFixed(0) : value >= 2 ? value.toFixed(1) : value.toFixed(2)}×`

/** `90× (84× to 97×)`. */
export const formatSpread = ({ median, min, max }: Spread, format: (value: number) => string): string =>
  `${format(median)} (${format(min)} to ${format(max)})`

/** `0.31 s (0.30 s to 0.33 s)`, or `–` if no run of the side succeeded. */
export const formatFigure = (side: SideResult, quantity: Quantity): string => {
  const spread = side[quantity]
  return spread === undefined ? '–' : formatSpread(spread, (value) => formatQuantity(value, quantity))
}

/** The noun after a ratio, such as `as fast` or `the bytes`. */
export const ratioNoun = ({ quantity, reading }: Pick<Comparison, 'quantity' | 'reading'>): string =>
  reading === 'times'
    ? { seconds: 'as fast', bytes: 'fewer bytes' }[quantity]
    : { seconds: 'the time', bytes: 'the bytes' }[quantity]

/** One comparison as a sentence: `90× (84× to 97×) as fast as Packer; goal at least 300×: missed`. */
export const formatComparison = (comparison: Comparison): string => {
  const { side, quantity, reading, ratio, goal, met } = comparison
  const times = reading === 'times'
  const joint = times ? (quantity === 'seconds' ? 'as' : 'than') : 'of'
  const words = `${formatSpread(ratio, formatRatio)} ${ratioNoun(comparison)} ${joint} ${side}`
  if (goal === undefined) return words
  return `${words}; goal ${times ? 'at least' : 'at most'} ${formatRatio(goal)}: ${met === true ? 'met' : 'missed'}`
}

export const formatLoad = ({ before, after }: { readonly before: Load; readonly after: Load }): string =>
  `load ${before.join(' ')} before, ${after.join(' ')} after`

/** Whether any side has figures of this kind. */
export const has = (sides: readonly SideResult[], quantity: Quantity): boolean =>
  sides.some((side) => side[quantity] !== undefined)
