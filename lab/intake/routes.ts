import { readHost } from './hosts.ts'
import { readLogs } from './logs.ts'
import type { Content, Payload } from './payloads.ts'
import { readFirstSeries, readSeries } from './series.ts'
import { readServiceChecks } from './service-checks.ts'
import { readSpans } from './spans.ts'

export interface Answer {
  readonly status: number
  readonly body: string
}

/** How a payload is processed, and the response to an accepted one. */
export interface Route {
  readonly read: (payload: Payload) => Content
  readonly taken: Answer
}

const accepted: Answer = { status: 202, body: '{"status":"ok"}' }
const nothing: Answer = { status: 202, body: '{}' }
const fine: Answer = { status: 200, body: '{"status":"ok"}' }

const counted: Route = { read: () => ({ other: true }), taken: accepted }

const columns: Route = {
  read: ({ path }) => ({
    other: true,
    problems: [`POST ${path}: series in columns are not read; set use_v3_api.series.enabled to false`],
  }),
  taken: accepted,
}

const routes: Readonly<Record<string, Route>> = {
  '/api/v2/series': { read: readSeries, taken: accepted },
  '/api/v1/series': { read: readFirstSeries, taken: accepted },
  '/api/intake/metrics/v3/series': columns,
  '/api/v1/check_run': { read: readServiceChecks, taken: accepted },
  '/intake': { read: readHost, taken: accepted },
  '/api/v2/logs': { read: readLogs, taken: nothing },
  '/v1/input': { read: readLogs, taken: nothing },
  '/api/v0.2/traces': { read: readSpans, taken: fine },
  '/api/v0.2/stats': { read: () => ({ stats: true }), taken: fine },
  '/profiling/v1/input': counted,
}

/** The Agent writes some paths with a trailing slash. */
const plain = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)

/**
 * The route for a path. Anything else below `/api/`, and flares, are accepted and counted; undefined for other paths.
 */
export const routeOf = (path: string): Route | undefined => {
  const name = plain(path)
  if (Object.hasOwn(routes, name)) return routes[name]
  return name.startsWith('/api/') || /^\/support\/flare(\/|$)/.test(name) ? counted : undefined
}
