// Sample data.

import { type Hints, noSamples, type Point, type Samples, type Series } from './page-data.ts'
import { type MetricQuery, parseQuery } from './query.ts'
import { seedOf, unit } from './random.ts'
import { rollUp, usualSize } from './rollup.ts'
import { productionTypes, type Shape, shapeOf } from './shapes.ts'

export interface SampleOptions {
  readonly now: Date
  /** Length of the period that ends at `now`. */
  readonly hours: number
  readonly hints: Hints
  readonly samples?: Samples
  /** The host for `by {host}` if the query's scope names none. */
  readonly host?: string
  /** Seconds covered by one point if the query doesn't say. */
  readonly size?: number
}

/** How far above the median a latency percentile is: the slowest requests are the ones that wait. */
const above = (percentile: number): number => (percentile <= 50 ? 1 : 1 + (percentile - 50) / 30)

/** The Agent's usual interval, in seconds. */
const usualInterval = 15

const values: Readonly<Record<string, readonly string[]>> = {
  production_type: productionTypes,
  service: ['trial-app'],
  resource_name: ['get_/', 'get_/api/apm', 'get_/api/trace'],
  device: ['/dev/vda1', 'tmpfs', '/dev/vda15'],
  'http.status_code': ['200', '404', '500'],
  env: ['trial'],
}

const valuesOf = (key: string, { scope }: MetricQuery, host: string, own: Samples['values']): readonly string[] => {
  const named = scope.find((tag) => tag.startsWith(`${key}:`) && !/[*$]/.test(tag))?.slice(key.length + 1)
  if (named !== undefined) return [named]
  if (key === 'host') return [host]
  const of = (all: Samples['values']): readonly string[] => (Object.hasOwn(all, key) ? (all[key] ?? []) : [])
  const known = [...of(values), ...of(own)]
  return known.length > 0 ? known : [`${key}-a`, `${key}-b`, `${key}-c`]
}

/**
 * All combinations of two keys' values would be too many lines: the first key varies, the others keep their first
 * value.
 */
const groupsOf = (query: MetricQuery, host: string, own: Samples['values']): string[][] => {
  const [first, ...others] = query.by
  if (first === undefined) return [[]]
  const rest = others.map((key) => `${key}:${valuesOf(key, query, host, own)[0] ?? ''}`)
  return valuesOf(first, query, host, own).map((value) => [`${first}:${value}`, ...rest])
}

const isSummed = (metric: string): boolean => /^trace\..*\.(hits|errors)(\.by_.*)?$/.test(metric)

/** The periods of `size` seconds that have ended by `now`, as their first and last time: at least one. */
const bounds = (now: Date, hours: number, size: number): readonly [number, number] => {
  const end = now.getTime() / 1000
  const last = Math.floor(end / size) * size
  return [Math.min(Math.ceil((end - hours * 3600) / size) * size, last - size), last]
}

/**
 * Sample series for a query, always the same for the same moment. They follow a hint if there is one for the metric, or
 * else get a plausible shape by the metric's name. The seed is the metric and the group, so that two queries of one
 * metric agree.
 */
export const sampleSeries = (query: string, options: SampleOptions): Series[] => {
  const { now, hours, hints, samples = noSamples, host = 'box' } = options
  const parsed = parseQuery(query) ?? { metric: query, scope: [], by: [], isCount: false }
  const size = parsed.seconds ?? options.size ?? usualSize(hours * 3600)
  const [from, to] = bounds(now, hours, size)
  const hint = Object.hasOwn(hints, parsed.metric) ? hints[parsed.metric] : undefined
  const interval = Math.max(1, hint?.interval ?? usualInterval)
  const method = parsed.method ?? (parsed.isCount || isSummed(parsed.metric) ? 'sum' : 'avg')
  return groupsOf(parsed, host, samples.values).map((tags) => {
    const seed = seedOf([parsed.metric, ...tags].join('\0'))
    const random: Shape = (seconds) => {
      const { min, max } = hint ?? { min: 0, max: 0 }
      return Math.floor(min + unit(seed, Math.round(seconds / interval)) * (max - min + 1))
    }
    const shape = hint === undefined ? shapeOf(parsed.metric, tags, samples.courses) : random
    const points: Point[] = []
    for (let at = Math.ceil(from / interval) * interval; at < to; at += interval)
      points.push([at, shape(at, seed, now.getTime() / 1000 - at) * above(parsed.percentile ?? 0)])
    return { tags, points: rollUp(points, method, size) }
  })
}
