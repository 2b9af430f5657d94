// The band of what is expected.

import type { Point } from './page-data.ts'

/** What a metric is expected to be, at the times of its points. */
export interface Band {
  readonly lower: readonly Point[]
  readonly upper: readonly Point[]
  /** Points outside. */
  readonly outside: readonly Point[]
}

const reach = 18

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2
}

/**
 * The grey band of `anomalies(…, 'basic', bounds)`. Datadog's takes quantiles of the time before; a preview knows what comes after,
 * too, so it takes the median and the spread of the neighbours on both sides: a burst shorter than they are stays outside.
 */
export const anomalyBand = (points: readonly Point[], bounds: number): Band => {
  const values = points.map(([, value]) => value)
  const centres = values.map((_, index) => median(values.slice(Math.max(0, index - reach), index + reach + 1)))
  const distances = values.map((value, index) => Math.abs(value - (centres[index] ?? 0)))
  // One spread for the whole graph: the median distance, as the deviation of a normal distribution (1.4826 times).
  const spread = bounds * 1.4826 * median(distances) * 1.5
  const [lower, upper] = [-spread, spread].map((shift) =>
    points.map(([seconds], index): Point => [seconds, (centres[index] ?? 0) + shift]),
  )
  const outside = points.filter((_, index) => (distances[index] ?? 0) > spread)
  return { lower: lower ?? [], upper: upper ?? [], outside }
}
