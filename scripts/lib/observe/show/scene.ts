// Sample data or recorded points.

import type { Hints, Point, Recorded, Samples, Series } from './page-data.ts'
import { parseQuery } from './query.ts'
import { joined, rollUp, usualSize } from './rollup.ts'
import { sampleSeries } from './sample.ts'

/** What all drawings of a page share. */
export interface Scene {
  readonly now: Date
  readonly timezone: string
  readonly hints: Hints
  readonly samples: Samples
  readonly recorded: Recorded
  /** The name to show for `by {host}`. */
  readonly host: string
  /** The period of sample data in hours. */
  readonly hours: number
}

/** Where a drawing's numbers come from. */
export type Origin = 'sample' | 'recorded' | 'both'

/** Seconds since 1970. */
export interface Window {
  readonly from: number
  readonly to: number
}

const recordedOf = (query: string, { recorded }: Scene): readonly Point[] => {
  const metric = parseQuery(query)?.metric ?? ''
  return Object.hasOwn(recorded, metric) ? (recorded[metric] ?? []) : []
}

export const originOf = (queries: readonly string[], scene: Scene): Origin => {
  const known = queries.filter((query) => recordedOf(query, scene).length > 0).length
  return known === 0 ? 'sample' : known === queries.length ? 'recorded' : 'both'
}

/**
 * The time window for queries: that of the recorded points, at least five minutes, or else the scene's hours until now.
 */
export const windowOf = (queries: readonly string[], scene: Scene): Window => {
  const times = queries.flatMap((query) => recordedOf(query, scene).map(([at]) => at))
  const now = scene.now.getTime() / 1000
  const from = joined('min', times) ?? now - scene.hours * 3600
  const to = joined('max', times) ?? now
  return { from: Math.min(from, to - 300), to }
}

/** The points of a query in a window: recorded ones if there are any, or else sample data. */
export const seriesOf = (query: string, scene: Scene, { from, to }: Window): readonly Series[] => {
  const points = recordedOf(query, scene)
  const { hints, samples, host } = scene
  const size = usualSize(to - from)
  if (points.length === 0)
    return sampleSeries(query, { now: new Date(to * 1000), hours: (to - from) / 3600, hints, samples, host, size })
  const { method, seconds, isCount = false } = parseQuery(query) ?? {}
  const inside = points.filter(([at]) => at >= from && at <= to)
  return [{ tags: [], points: rollUp(inside, method ?? (isCount ? 'sum' : 'avg'), seconds ?? size) }]
}
