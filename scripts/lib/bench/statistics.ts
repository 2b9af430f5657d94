// Median and range.

/** Median and range of a list of figures. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly count: number
}

/** The middle value; for an even number of values, the mean of the two in the middle. */
const median = (sorted: readonly number[]): number => {
  const half = Math.floor(sorted.length / 2)
  const [low = 0, high = 0] = sorted.length % 2 === 1 ? [sorted[half], sorted[half]] : sorted.slice(half - 1, half + 1)
  return (low + high) / 2
}

/** Median and range; undefined without values. Medians, so that one slow run doesn't move a result. */
export const spreadOf = (values: readonly number[]): Spread | undefined => {
  const sorted = values.toSorted((a, b) => a - b)
  const [min, max] = [sorted[0], sorted.at(-1)]
  return min === undefined || max === undefined ? undefined : { median: median(sorted), min, max, count: sorted.length }
}
