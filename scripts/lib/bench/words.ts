import { formatBytes, formatSeconds } from '../_helpers/format.ts'
import type { Spread } from './statistics.ts'
import type { Comparison, Load, Quantity, SideResult } from './types.ts'

/** A figure with its unit. */
export const formatQuantity = (value: number, quantity: Quantity): string =>
  quantity === 'seconds' ? formatSeconds(value) : formatBytes(Math.round(value))

/** `90×`, `6.4×`, `0.53`: as many digits as such a figure deserves. */
export const formatRatio = (value: number, times: boolean): string => {
  const digits = value >= 20 ? value.toFixed(0) : value >= 2 ? value.toFixed(1) : value.toFixed(2)
  return times ? `${digits}×` : digits
}

/** `90× (84× to 97×)`. */
export const formatSpread = ({ median, min, max }: Spread, format: (value: number) => string): string =>
  `${format(median)} (${format(min)} to ${format(max)})`

/** `0.31 s (0.30 s to 0.33 s)` of a side; `–` when no run of it succeeded. */
export const formatFigure = (side: SideResult, quantity: Quantity): string => {
  const spread = side[quantity]
  return spread === undefined ? '–' : formatSpread(spread, (value) => formatQuantity(value, quantity))
}

/** One comparison as a sentence: `90× (84× to 97×) faster than Packer, goal 300×: missed`. */
export const formatComparison = ({ side, quantity, reading, ratio, goal, met }: Comparison): string => {
  const times = reading === 'times'
  const figure = formatSpread(ratio, (value) => formatRatio(value, times))
  const subject = quantity === 'seconds' ? 'time' : 'bytes'
  const words = times
    ? `${figure} ${quantity === 'seconds' ? 'as fast as' : 'fewer bytes than'} ${side}`
    : `${figure} of the ${subject} of ${side}`
  if (goal === undefined) return words
  return `${words}; goal ${times ? 'at least' : 'at most'} ${formatRatio(goal, times)}: ${met === true ? 'met' : 'missed'}`
}

export const formatLoad = ({ before, after }: { readonly before: Load; readonly after: Load }): string =>
  `load ${before.join(' ')} before, ${after.join(' ')} after`

/** Whether any side has figures of that kind. */
export const has = (sides: readonly SideResult[], quantity: Quantity): boolean =>
  sides.some((side) => side[quantity] !== undefined)
