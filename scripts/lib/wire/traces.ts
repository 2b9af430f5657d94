// Root spans, and the log lines with their ids.

import type { LogLine, Span } from '../../../lab/intake/payloads.ts'
import { formatCount } from '../_helpers/format.ts'
import type { Expectations } from '../render/rendered-box.ts'
import { routeLines, traceIn } from './logs.ts'
import { hostProblems, timeProblems } from './origin.ts'
import type { Origin, WireCheck } from './wire-check.ts'

type App = NonNullable<Expectations['app']>

/**
 * Each route has a root span without errors whose id is in a log line of that route, and all spans have this host. No
 * check for a box without an app.
 */
export const traces = ({ app, agent }: Expectations, origin: Origin): WireCheck[] => {
  if (app === null) return []
  return [
    {
      id: 'wire.traces',
      title: `Traces arrive${agent.logs ? ', and each route’s trace id is in a log line' : ''}`,
      expected: `a trace for each of ${app.routes.map(({ resource }) => resource).join(', ')}, from ${app.service} ${app.version} in ${app.env}`,
      observed: ({ spans }) => formatCount(spans.length, 'span'),
      problems: ({ spans, logs }) => {
        const own = spans.filter(({ service }) => service === app.service)
        const problems = [
          ...own.flatMap((span) => spanProblems(span, app, origin)),
          ...app.routes.flatMap((route) => {
            const roots = own.filter(({ parentId, resource }) => parentId === '0' && resource === route.resource)
            if (roots.length === 0) return [`no root span of ${route.resource}`]
            return [
              ...roots.flatMap((root) => rootProblems(root, app)),
              ...(agent.logs ? linkProblems(route, roots, logs) : []),
            ]
          }),
        ]
        return [...new Set(problems)]
      },
    },
  ]
}

const spanProblems = ({ resource, host, env, start }: Span, app: App, origin: Origin): string[] => [
  ...hostProblems(`a span of ${resource}`, host, origin),
  ...timeProblems(`a span of ${resource}`, Number(start) / 1e9, origin),
  ...(env === app.env ? [] : [`a span of ${resource} has env “${env}”, not ${app.env}`]),
]

const rootProblems = ({ resource, error, duration, meta }: Span, app: App): string[] => [
  ...(error === 0 ? [] : [`a root span of ${resource} is marked as an error`]),
  ...(Number(duration) > 0 ? [] : [`a root span of ${resource} has the duration ${duration}`]),
  ...(meta.version === app.version
    ? []
    : [`a root span of ${resource} has version “${meta.version ?? ''}”, not ${app.version}`]),
]

const linkProblems = (
  { path, resource }: App['routes'][number],
  roots: readonly Span[],
  logs: readonly LogLine[],
): string[] => {
  const ids = new Set(roots.map(idOf))
  const linked = routeLines(logs, path).some((line) => ids.has(traceIn(line) ?? ''))
  return linked ? [] : [`no log line for ${path} has the id of a trace of ${resource}`]
}

/** A trace's full 128-bit id in hex, as in logs. */
const idOf = ({ traceId, meta }: Span): string =>
  `${meta['_dd.p.tid'] ?? ''}${BigInt(traceId).toString(16).padStart(16, '0')}`
