// Log lines with service and source.

import type { LogLine } from '../../../lab/intake/payloads.ts'
import { formatCount } from '../_helpers/format.ts'
import type { Expectations } from '../render/rendered-box.ts'
import { hostProblems, timeProblems } from './origin.ts'
import type { Origin, Provoked, WireCheck } from './wire-check.ts'

interface Wanted {
  readonly name: string
  readonly text: string
  readonly service: string
  readonly source: string
  readonly traced: boolean
}

/** The lines of successful requests to a route. */
export const routeLines = (logs: readonly LogLine[], path: string): LogLine[] =>
  logs.filter(({ message }) => message.includes(routeText(path)))

/** The trace id in a log line of the app, as 32 hex digits; undefined outside of a trace. */
export const traceIn = ({ message }: LogLine): string | undefined =>
  /"dd\.trace_id":\s*"([0-9a-f]{32})"/.exec(message)?.[1]

/**
 * A line for each route of the app and each log of the database has arrived, with service, source, host and time. No
 * check for a box without logs.
 */
export const logs = (expectations: Expectations, provoked: Provoked): WireCheck[] => {
  const { app, agent } = expectations
  const wanted = wantedLines(expectations, provoked)
  if (!agent.logs || wanted.length === 0) return []
  const databaseLines = wanted.filter(({ traced }) => !traced).length
  return [
    {
      id: 'wire.logs',
      title: 'Log lines arrive with service and source',
      expected: [
        ...(app === null
          ? []
          : [`a line from ${app.service} for each of ${formatCount(app.routes.length, 'route')}, with a trace id`]),
        ...(databaseLines === 0 ? [] : [`${formatCount(databaseLines, 'line')} from the database`]),
      ].join(', '),
      observed: (received) => formatCount(received.logs.length, 'line'),
      problems: (received) => [...new Set(wanted.flatMap((one) => lineProblems(one, received.logs, provoked)))],
    },
  ]
}

const routeText = (path: string): string => `GET ${path} 200`

const wantedLines = ({ app, database }: Expectations, { lines }: Provoked): Wanted[] => [
  ...(app?.routes ?? []).map(({ path }) => ({
    name: `the app’s log line for ${path}`,
    text: routeText(path),
    traced: true,
    service: app?.service ?? '',
    source: app?.source ?? '',
  })),
  ...(database?.logs ?? []).flatMap(({ path, service, source }) => {
    const text = lines[path]
    return text === undefined ? [] : [{ name: `the line written to ${path}`, text, service, source, traced: false }]
  }),
]

const lineProblems = (
  { name, text, service, source, traced }: Wanted,
  found: readonly LogLine[],
  origin: Origin,
): string[] => {
  const own = found.filter(({ message }) => message.includes(text))
  if (own.length === 0) return [`${name} has not arrived`]
  return [
    ...own.flatMap((line) => [
      ...(line.service === service ? [] : [`${name} has the service “${line.service}”, not ${service}`]),
      ...(line.source === source ? [] : [`${name} has the source “${line.source}”, not ${source}`]),
      ...hostProblems(name, line.host, origin),
      ...timeProblems(name, line.timestamp / 1000, origin),
    ]),
    ...(traced && !own.some((line) => traceIn(line) !== undefined) ? [`${name} has no trace id`] : []),
  ]
}
