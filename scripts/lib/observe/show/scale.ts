// Ticks.

import type { Quantity } from './quantity.ts'

/** From a value to a place on the drawing, linearly. */
export type Place = (value: number) => number

export const linear =
  (from: number, to: number, start: number, end: number): Place =>
  (value) =>
    to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start)

/** A coordinate with a tenth of a unit, which no eye tells from the exact one. */
export const rounded = (place: number): number => Math.round(place * 10) / 10

/** Bytes are counted by powers of two, all else by 1, 2, 2.5 and 5. */
const niceStep = (wanted: number, quantity: Quantity): number => {
  const least = Math.max(wanted, 1e-300)
  if (quantity === 'byte' && least >= 1) return 2 ** Math.ceil(Math.log2(least) - 1e-9)
  const power = 10 ** Math.floor(Math.log10(least) + 1e-9)
  return ([1, 2, 2.5, 5, 10].find((nice) => least / power <= nice + 1e-9) ?? 10) * power
}

export interface Axis {
  readonly from: number
  readonly to: number
  /** Inside [from, to], ascending. */
  readonly ticks: readonly number[]
}

export interface AxisWish {
  readonly min?: number | undefined
  readonly max?: number | undefined
  /** About how many steps between the ticks. */
  readonly steps?: number
  readonly quantity?: Quantity
}

/** An axis that holds [least, most], begins and ends at a tick, unless `min` or `max` fix an end. */
export const axisFor = (
  least: number,
  most: number,
  { min, max, steps = 4, quantity = 'plain' }: AxisWish = {},
): Axis => {
  const low = min ?? Math.min(least, max ?? least)
  const top = max ?? Math.max(most, low)
  // A range that floating point can hardly divide counts as one value, which stands at the bottom of an axis of its own size.
  const size = Math.max(Math.abs(low), Math.abs(top))
  const isFlat = top - low <= Math.max(size * 1e-9, 1e-290)
  const high = isFlat ? top + (size > 1e-290 ? size : 1) : top
  const step = niceStep((high - low) / steps, quantity)
  const from = min ?? Math.floor(low / step + 1e-9) * step
  const to = !isFlat && max !== undefined ? max : Math.ceil(high / step - 1e-9) * step
  const first = Math.ceil(from / step - 1e-9)
  const count = Math.floor(to / step + 1e-9) - first + 1
  // Counted, not added up: 0.1 + 0.2 is no tick.
  const ticks = Array.from({ length: Math.max(0, Math.min(50, count)) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
  return { from, to, ticks }
}
