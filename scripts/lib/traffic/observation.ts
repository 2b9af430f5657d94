// What the Agent tells of its receiver and of a check, at one moment.

import * as z from 'zod'
import { BoxhoundError } from '../_helpers/errors.ts'
import { hasKey } from '../verify/keyed.ts'
import { jsonIn } from '../verify/output-json.ts'
import type { Session } from '../verify/ssh.ts'

const counts = z.record(z.string(), z.number()).nullish()

const entrySchema = z.looseObject({
  Service: z.string().optional(),
  TracesReceived: z.number().optional(),
  TracesBytes: z.number().optional(),
  TracesFiltered: z.number().optional(),
  TracesDropped: counts,
  ClientDroppedP0Traces: z.number().optional(),
  PayloadAccepted: z.number().optional(),
})

/** The parts of `datadog-agent status --json` that a load is judged by. */
const statusSchema = z.looseObject({
  lab: z.boolean().optional(),
  apmStats: z
    .looseObject({
      pid: z.number().optional(),
      error: z.string().optional(),
      receiver: z.array(entrySchema).nullish(),
      lab_totals: z.record(z.string(), entrySchema).nullish(),
      ratebyservice: z.record(z.string(), z.number()).nullish(),
    })
    .nullish(),
  runnerStats: z
    .looseObject({
      Checks: z
        .record(
          z.string(),
          z.record(z.string(), z.looseObject({ TotalRuns: z.number().optional(), TotalErrors: z.number().optional() })),
        )
        .nullish(),
    })
    .nullish(),
  forwarderStats: z
    .looseObject({
      APIKeyStatus: z.record(z.string(), z.unknown()).nullish(),
      APIKeyFailure: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
  endpointsInfos: z.record(z.string(), z.unknown()).nullish(),
})

/** Traces of one service, as a receiver counts them. */
export interface Counts {
  /** Those that it dropped after receipt included. */
  readonly received: number
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>
  /** Left out by a filter of the Agent's configuration. */
  readonly filtered: number
  /** Sampled away by the tracer, which says how many. */
  readonly unsent: number
  readonly bytes: number
  readonly payloads: number
}

/** `total`: counted since the receiver's start. `minute`: of one minute, published at its end and kept until the end of the next. */
export type Span = 'total' | 'minute'

export interface Observation {
  /** Seconds by this machine's clock. */
  readonly at: number
  readonly span: Span
  /** Of the receiver; null as long as nobody has woken it. */
  readonly pid: number | null
  /** Why the receiver reports nothing. */
  readonly error: string | null
  readonly counts: Counts
  /** Part of the service's traces that the Agent asks its tracer to keep; null where it has said none. */
  readonly sampleRate: number | null
  readonly keyed: boolean
  /** Of the integration's check, all instances. */
  readonly runs: number
  readonly failures: number
}

const entryCounts = (entry: z.infer<typeof entrySchema>): Counts => ({
  received: entry.TracesReceived ?? 0,
  dropped: Object.fromEntries(Object.entries(entry.TracesDropped ?? {}).filter(([, number]) => number > 0)),
  filtered: entry.TracesFiltered ?? 0,
  unsent: entry.ClientDroppedP0Traces ?? 0,
  bytes: entry.TracesBytes ?? 0,
  payloads: entry.PayloadAccepted ?? 0,
})

export const noCounts: Counts = { received: 0, dropped: {}, filtered: 0, unsent: 0, bytes: 0, payloads: 0 }

/** One plus the other, `times` over. */
export const addCounts = (one: Counts, other: Counts, times = 1): Counts => {
  const reasons = new Set([...Object.keys(one.dropped), ...Object.keys(other.dropped)])
  const sum = (key: Exclude<keyof Counts, 'dropped'>): number => one[key] + other[key] * times
  return {
    received: sum('received'),
    dropped: Object.fromEntries(
      [...reasons].map((reason) => [reason, (one.dropped[reason] ?? 0) + (other.dropped[reason] ?? 0) * times]),
    ),
    filtered: sum('filtered'),
    unsent: sum('unsent'),
    bytes: sum('bytes'),
    payloads: sum('payloads'),
  }
}

/** Who an observation is about. */
export interface Watched {
  /** Null for a box without an app. */
  readonly service: string | null
  readonly env: string | null
  /** Name of the integration's check; null for a box without a database. */
  readonly check: string | null
}

/**
 * What a status tells. @param at seconds.
 *
 * @returns undefined for text that is none.
 */
export const observationIn = (
  output: string,
  { service, env, check }: Watched,
  at: number,
): Observation | undefined => {
  const { data } = statusSchema.safeParse(jsonIn(output))
  if (data === undefined) return undefined
  const { apmStats, runnerStats, lab = false } = data
  const entries = lab
    ? Object.entries(apmStats?.lab_totals ?? {}).map(([Service, entry]) => ({ ...entry, Service }))
    : (apmStats?.receiver ?? [])
  const instances = Object.values(check === null ? {} : (runnerStats?.Checks?.[check] ?? {}))
  const sum = (numbers: readonly (number | undefined)[]): number =>
    numbers.reduce<number>((total, number) => total + (number ?? 0), 0)
  return {
    at,
    span: lab ? 'total' : 'minute',
    pid: apmStats?.pid ?? null,
    error: apmStats?.error ?? null,
    counts: entries
      .filter(({ Service }) => Service === service)
      .map(entryCounts)
      .reduce((total, one) => addCounts(total, one), noCounts),
    sampleRate: apmStats?.ratebyservice?.[`service:${service},env:${env}`] ?? null,
    keyed: hasKey(data),
    runs: sum(instances.map(({ TotalRuns }) => TotalRuns)),
    failures: sum(instances.map(({ TotalErrors }) => TotalErrors)),
  }
}

const command = 'datadog-agent status --json'

/** Asks the Agent. @throws E_TRAFFIC when it doesn't answer. */
export const observe = async (session: Session, watched: Watched): Promise<Observation> => {
  const { stdout, stderr } = await session.run(command, { deadline: 120 })
  const found = observationIn(stdout, watched, performance.now() / 1000)
  if (found !== undefined) return found
  throw new BoxhoundError('E_TRAFFIC', 'the Agent does not answer', {
    expected: 'the JSON of datadog-agent status --json',
    found: (stderr || stdout).trim().slice(-500) || 'nothing',
  })
}
