// Aggregates points over time.

import type { Point } from './page-data.ts'
import type { Method } from './query.ts'

const sizes = [5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400]

/** How many seconds a point covers if the query doesn't say: enough for about 300 points. */
export const usualSize = (span: number): number => sizes.find((size) => span / size <= 300) ?? Math.ceil(span / 300)

const join: Readonly<Record<Method, (values: readonly number[]) => number>> = {
  avg: (values) => join.sum(values) / values.length,
  sum: (values) => values.reduce((all, value) => all + value, 0),
  min: (values) => values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  max: (values) => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  count: (values) => values.length,
}

/** Reduces several numbers to one; undefined for none. */
export const joined = (method: Method, values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : join[method](values)

/**
 * Aggregates points over periods of `size` seconds that start at its multiples, as the API does; a period's time is its
 * start.
 */
export const rollUp = (points: readonly Point[], method: Method, size: number): Point[] => {
  const stretches = new Map<number, number[]>()
  for (const [seconds, value] of points) {
    const start = Math.floor(seconds / size) * size
    const values = stretches.get(start)
    if (values === undefined) stretches.set(start, [value])
    else values.push(value)
  }
  return [...stretches].sort(([a], [b]) => a - b).map(([start, values]) => [start, join[method](values)])
}
