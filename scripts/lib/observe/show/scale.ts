// Ticks.

import type { Quantity } from './quantity.ts'

/** Linear mapping from a value to a position in the drawing. */
export type Place = (value: number) => number

export const linear =
  (from: number, to: number, start: number, end: number): Place =>
  (value) =>
    to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start)

/** A coordinate rounded to a tenth of a unit, which is invisible. */
export const rounded = (place: number): number => Math.round(place * 10) / 10

/** Powers of two for bytes; 1, 2, 2.5 and 5 for everything else. */
const niceStep = (wanted: number, quantity: Quantity): number => {
  const least = Math.max(wanted, 1e-300)
  if (quantity === 'byte' && least >= 1) return 2 ** Math.ceil(Math.log2(least) - 1e-9)
  const power = 10 ** Math.floor(Math.log10(least) + 1e-9)
  return ([1, 2, 2.5, 5, 10].find((nice) => least / power <= nice + 1e-9) ?? 10) * power
}

export interface Axis {
  readonly from: number
  readonly to: number
  /** Within [from, to], ascending. */
  readonly ticks: readonly number[]
}

export interface AxisWish {
  readonly min?: number | undefined
  readonly max?: number | undefined
  /** Approximate number of steps between ticks. */
  readonly steps?: number
  readonly quantity?: Quantity
}

/** An axis that contains [least, most] and starts and ends at a tick, unless `min` or `max` fixes an end. */
export const axisFor = (
  least: number,
  most: number,
  { min, max, steps = 4, quantity = 'plain' }: AxisWish = {},
): Axis => {
  const low = min ?? Math.min(least, max ?? least)
  const top = max ?? Math.max(most, low)
  // A range too small for floating point counts as one value, at the bottom of an axis of its own magnitude.
  const size = Math.max(Math.abs(low), Math.abs(top))
  const isFlat = top - low <= Math.max(size * 1e-9, 1e-290)
  const high = isFlat ? top + (size > 1e-290 ? size : 1) : top
  const step = niceStep((high - low) / steps, quantity)
  const from = min ?? Math.floor(low / step + 1e-9) * step
  const to = !isFlat && max !== undefined ? max : Math.ceil(high / step - 1e-9) * step
  const first = Math.ceil(from / step - 1e-9)
  const count = Math.floor(to / step + 1e-9) - first + 1
  // Multiplied, not added up, since 0.1 + 0.2 is not a tick.
  const ticks = Array.from({ length: Math.max(0, Math.min(50, count)) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
  return { from, to, ticks }
}
