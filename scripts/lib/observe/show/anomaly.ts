// The band of expected values.

import type { Point } from './page-data.ts'

/** The expected range of a metric, at the times of its points. */
export interface Band {
  readonly lower: readonly Point[]
  readonly upper: readonly Point[]
  /** Points outside the band. */
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
 * The grey band of `anomalies(…, 'basic', bounds)`. Datadog uses quantiles of earlier values. A preview also knows
 * later ones, so this uses the median and spread of the neighbours on both sides: a burst shorter than these stays
 * outside.
 */
export const anomalyBand = (points: readonly Point[], bounds: number): Band => {
  const values = points.map(([, value]) => value)
  const centres = values.map((_, index) => median(values.slice(Math.max(0, index - reach), index + reach + 1)))
  const distances = values.map((value, index) => Math.abs(value - (centres[index] ?? 0)))
  // One spread for the whole graph: the median distance, scaled to a normal distribution's standard deviation (1.4826
  // times).
  const spread = bounds * 1.4826 * median(distances) * 1.5
  const [lower, upper] = [-spread, spread].map((shift) =>
    points.map(([seconds], index): Point => [seconds, (centres[index] ?? 0) + shift]),
  )
  const outside = points.filter((_, index) => (distances[index] ?? 0) > spread)
  return { lower: lower ?? [], upper: upper ?? [], outside }
}
