import type { Received, Series } from '../../../lab/intake/types.ts'
import type { CheckExpectation, Expectations } from '../render/types.ts'
import { agentUp, encodingProblems } from './encodings.ts'

/** What must have arrived at the intake, and what is wrong with what has. */
export interface WireCheck {
  readonly id: string
  readonly title: string
  readonly expected: string
  /** Nothing is wrong when it is empty. */
  readonly problems: (received: Received) => readonly string[]
  /** What arrived, in words. */
  readonly observed: (received: Received) => string
}

/** What the machine was made to do, so that there is something to arrive. */
export interface Provoked {
  /** Lines that were written to logs of the database, by their file. */
  readonly lines: Readonly<Record<string, string>>
}

const missing = (wanted: readonly string[], found: Iterable<string>): string[] => {
  const present = new Set(found)
  return wanted.filter((item) => !present.has(item))
}

const lacking = (what: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`${what} not arrived: ${names.join(', ')}`]

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`

const hostTags = ({ agent }: Expectations): WireCheck => ({
  id: 'wire.host-tags',
  title: 'The host arrives with its tags',
  expected: `a host with the tags ${agent.tags.join(', ')}, from Agent ${agent.version}`,
  observed: ({ hosts }) => hosts.map(({ name, tags }) => `${name}: ${tags.join(', ')}`).join('; ') || 'no host',
  problems: ({ hosts }) => {
    if (hosts.length === 0) return ['no payload about the host has arrived']
    const best = hosts.map(({ tags }) => missing(agent.tags, tags)).sort((a, b) => a.length - b.length)[0] ?? []
    return [
      ...lacking('tags', best),
      ...(hosts.some(({ agentVersion }) => agentVersion === agent.version)
        ? []
        : [`the Agent says that it is ${hosts[0]?.agentVersion}`]),
    ]
  },
})

const rangeProblems = (series: readonly Series[], ranges: CheckExpectation['ranges']): string[] =>
  series.flatMap(({ metric, points }) => {
    const range = ranges[metric]
    if (range === undefined) return []
    return points
      .filter(([, value]) => value < range.min || value > range.max)
      .map(([, value]) => `${metric} is ${value}, outside ${range.min} to ${range.max}`)
  })

const metricsOf = (expectation: CheckExpectation): WireCheck => {
  const { name, metrics, rates, tags, ranges } = expectation
  const names = [...metrics, ...rates]
  const own = ({ series }: Received): Series[] => series.filter(({ metric }) => names.includes(metric))
  return {
    id: `wire.metrics.${name}`,
    title: `The metrics of ${name} arrive`,
    expected: `${count(names.length, 'metric')} of a host${tags.length === 0 ? '' : `, tagged ${tags.join(', ')}`}`,
    observed: (received) => `${count(new Set(own(received).map(({ metric }) => metric)).size, 'metric')}`,
    problems: (received) => {
      const found = own(received)
      const untagged = found.flatMap(({ metric, tags: given }) =>
        missing(tags, given).map((tag) => `${metric} lacks the tag ${tag}`),
      )
      return [
        ...lacking(
          'metrics',
          missing(
            names,
            found.map(({ metric }) => metric),
          ),
        ),
        ...new Set(untagged),
        ...found.filter(({ host }) => host === '').map(({ metric }) => `${metric} has no host`),
        ...found.filter(({ points }) => points.length === 0).map(({ metric }) => `${metric} has no point`),
        ...rangeProblems(found, ranges),
      ]
    },
  }
}

const serviceChecks = ({ checks }: Expectations): WireCheck => {
  const names = [agentUp, ...checks.flatMap((check) => check.serviceChecks)]
  return {
    id: 'wire.service-checks',
    title: 'Service checks arrive, and are well',
    expected: `${names.join(', ')} with status 0 (OK)`,
    observed: ({ serviceChecks: found }) => count(found.length, 'service check'),
    problems: ({ serviceChecks: found }) => {
      const latest = new Map(found.map((one) => [one.check, one]))
      return [
        ...lacking('service checks', missing(names, latest.keys())),
        ...[...latest.values()]
          .filter(({ check, status }) => names.includes(check) && status !== 0)
          .map(({ check, status, message }) => `${check} has status ${status}: ${message}`),
      ]
    },
  }
}

const logs = ({ app, database, agent }: Expectations, { lines }: Provoked): WireCheck[] => {
  if (!agent.logs) return []
  const databaseLines = database === null ? [] : Object.entries(lines)
  return [
    {
      id: 'wire.logs',
      title: 'Log lines arrive with service and source',
      expected: [
        ...(app === null
          ? []
          : [`a line of ${app.service} for each of ${count(app.routes.length, 'route')}, with a trace id`]),
        ...(databaseLines.length === 0 ? [] : [`${count(databaseLines.length, 'line')} of the database`]),
      ].join(', '),
      observed: (received) => count(received.logs.length, 'line'),
      problems: (received) => [
        ...(app === null
          ? []
          : app.routes.flatMap(({ path }) => {
              const own = received.logs.filter(
                ({ service, message }) => service === app.service && message.includes(`GET ${path} 200`),
              )
              if (own.length === 0) return [`no line of ${app.service} for ${path}`]
              return own.some(({ message }) => /"dd\.trace_id":\s*"[0-9a-f]{32}"/.test(message))
                ? []
                : [`no trace id in the line for ${path}`]
            })),
        ...databaseLines.flatMap(([file, line]) =>
          received.logs.some(({ message, source }) => message.includes(line) && source === 'mysql')
            ? []
            : [`the line written to ${file} has not arrived with source mysql`],
        ),
      ],
    },
  ]
}

const idOf = (traceId: string, upper: string | undefined): string =>
  `${upper ?? ''}${BigInt(traceId).toString(16).padStart(16, '0')}`

const traces = ({ app, agent }: Expectations): WireCheck[] => {
  if (app === null) return []
  return [
    {
      id: 'wire.traces',
      title: 'Traces arrive, and a log line carries the id of its trace',
      expected: `a trace for each of ${app.routes.map(({ resource }) => resource).join(', ')}, of ${app.service} ${app.version} in ${app.env}`,
      observed: ({ spans }) => count(spans.length, 'span'),
      problems: ({ spans, logs: found }) => {
        const own = spans.filter(({ service }) => service === app.service)
        const absent = missing(
          app.routes.map(({ resource }) => resource),
          own.map(({ resource }) => resource),
        )
        const roots = own.filter(({ parentId }) => parentId === '0')
        const ids = new Set(roots.map(({ traceId, meta }) => idOf(traceId, meta['_dd.p.tid'])))
        const logged = found.flatMap(({ message }) => /"dd\.trace_id":\s*"([0-9a-f]{32})"/.exec(message)?.[1] ?? [])
        return [
          ...lacking('traces', absent),
          ...(own.length > 0 && !own.some(({ env }) => env === app.env)
            ? [`no span is of the environment ${app.env}`]
            : []),
          ...(roots.length > 0 && !roots.some(({ meta }) => meta.version === app.version)
            ? [`no span is of version ${app.version}`]
            : []),
          ...(agent.logs && roots.length > 0 && !logged.some((id) => ids.has(id))
            ? ['no log line carries the id of a trace that arrived']
            : []),
        ]
      },
    },
  ]
}

const encodings: WireCheck = {
  id: 'wire.encodings',
  title: 'Everything arrives in a documented encoding, with the key in its header',
  expected: 'nothing that the intake could not read, each kind of payload at its own address',
  observed: ({ requests }) => count(requests, 'request'),
  problems: encodingProblems,
}

/** Everything that must arrive from a machine of this box. */
export const wireChecks = (expectations: Expectations, provoked: Provoked): readonly WireCheck[] => [
  hostTags(expectations),
  ...expectations.checks.map(metricsOf),
  serviceChecks(expectations),
  ...logs(expectations, provoked),
  ...traces(expectations),
  encodings,
]
