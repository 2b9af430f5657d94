// Judges a load: what was sent against what the Agent and the database have counted.

import { formatCount } from '../_helpers/format.ts'
import type { CheckResult } from '../verify/results.ts'
import { type AppFigures, answeredOf, sumOf } from './app-load.ts'
import type { DatabaseFigures } from './database-load.ts'
import type { Counts, Observation } from './observation.ts'
import type { Tally } from './tally.ts'

/** Ids in the order in which they are told. */
export type TrafficId = 'traffic.app' | 'traffic.traces' | 'traffic.database' | 'traffic.integration'

const titles: Readonly<Record<TrafficId, string>> = {
  'traffic.app': 'The app answers every request',
  'traffic.traces': 'The Agent receives a trace for every request',
  'traffic.database': 'The database’s counters reflect what the driver did',
  'traffic.integration': 'The integration’s check runs under load',
}

const result = (
  id: TrafficId,
  seconds: number,
  expected: string,
  observed: string,
  problems: readonly string[],
): CheckResult => ({
  id,
  title: titles[id],
  status: problems.length === 0 ? 'passed' : 'failed',
  seconds,
  expected,
  observed: [...problems, observed].filter((line) => line !== '').join('\n'),
})

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${number} ${name}`)
    .join(', ')

/** Every request is answered by 2xx. */
export const judgeApp = (figures: AppFigures, seconds: number): CheckResult => {
  const { sent, answered, unanswered, late } = figures
  const { '2xx': good = 0, ...others } = answered
  return result(
    'traffic.app',
    seconds,
    'a 2xx response to every request',
    [
      `${formatCount(sent, 'request')} sent, ${good} answered by 2xx`,
      ...(late > 0 ? [`${late} due requests found no free connection`] : []),
    ].join('; '),
    [
      ...(sent === 0 ? ['no request was sent'] : []),
      ...(sumOf(others) > 0 ? [`answered by ${listed(others)}`] : []),
      ...Object.entries(unanswered).map(([reason, number]) => `${number} without an answer: ${reason}`),
    ],
  )
}

/** Drops before a trace counts as received, by the receiver's own names; all others come after. */
const refusals = ['DecodingError', 'PayloadTooLarge', 'Timeout', 'EOF', 'MSGPShortBytes']

const droppedIn = ({ dropped }: Counts): { before: Record<string, number>; after: Record<string, number> } => {
  const entries = Object.entries(dropped).filter(([, number]) => number > 0)
  return {
    before: Object.fromEntries(entries.filter(([reason]) => refusals.includes(reason))),
    after: Object.fromEntries(entries.filter(([reason]) => !refusals.includes(reason))),
  }
}

/** What the receiver tells of sampling and filters: legitimate, and worth knowing. */
const noted = ({ unsent, filtered }: Counts, sampleRate: number | null): string[] => [
  ...(unsent > 0 ? [`${unsent} sampled away by the tracer`] : []),
  ...(filtered > 0 ? [`${filtered} filtered out by the Agent`] : []),
  ...(sampleRate !== null && sampleRate < 1 ? [`the Agent asks for ${(sampleRate * 100).toFixed(1)} % of them`] : []),
]

export interface TracesJudged {
  readonly service: string
  readonly app: AppFigures
  readonly tally: Tally
  readonly last: Observation
  readonly seconds: number
}

/**
 * As many traces as requests that were answered, errors included. The app may have seen to a request that got no answer, and traced it: so many more are
 * right as well. Those that the tracer says it has sampled away count as received.
 */
export const judgeTraces = ({ service, app, tally, last, seconds }: TracesJudged): CheckResult => {
  const answered = answeredOf(app)
  const unanswered = sumOf(app.unanswered)
  const { counts, restarted } = tally
  const expected =
    unanswered === 0
      ? `${formatCount(answered, 'trace')} of ${service}`
      : `${answered} to ${answered + unanswered} traces of ${service}`
  if (!last.keyed)
    return {
      ...result('traffic.traces', seconds, expected, '', []),
      status: 'not judged',
      observed:
        'this instance has no API key, and without one the trace-agent ends: start it with DD_API_KEY (guide/keys.md)',
    }
  const known = counts.received + counts.unsent
  const { before, after } = droppedIn(counts)
  const explained = sumOf(before)
  const missing = answered - known
  const surplus = known - answered - unanswered
  const problems = [
    ...(restarted ? ['the receiver restarted during the load and lost its counts'] : []),
    ...(last.error !== null && counts.received === 0 ? [`the receiver reports nothing: ${last.error}`] : []),
    ...(answered + unanswered === 0 ? ['no request that could have been traced'] : []),
    ...(missing > 0 ? [`${formatCount(missing, 'trace')} missing`] : []),
    ...(explained > 0 ? [`refused by the receiver: ${listed(before)}`] : []),
    ...(missing > explained && explained > 0 ? [`${missing - explained} never reached the receiver`] : []),
    ...(surplus > 0
      ? [`${surplus} more than requests: somebody else called the app, or payloads were sent twice`]
      : []),
    ...(sumOf(after) > 0 ? [`dropped after receipt: ${listed(after)}`] : []),
  ]
  const observed = [
    `${formatCount(counts.received, 'trace')} received in ${formatCount(counts.payloads, 'payload')}`,
    ...noted(counts, last.sampleRate),
  ].join('; ')
  return result('traffic.traces', seconds, expected, observed, problems)
}

/** The driver has ended well and done something, and each of the server's counters has moved by at least that. */
export const judgeDatabase = (figures: DatabaseFigures, seconds: number): CheckResult => {
  const { title, transactions, failure, counters } = figures
  const least = ({ each }: { readonly each: number }): number => each * transactions
  return result(
    'traffic.database',
    seconds,
    `${counters.map((counter) => `${counter.what} +${least(counter)}`).join(', ')} or more`,
    `${formatCount(transactions, 'transaction')} by ${title}; ${counters.map(({ what, moved }) => `${what} +${moved}`).join(', ')}`,
    [
      ...(failure === null ? [] : [`${title} failed: ${failure}`]),
      ...(transactions === 0 ? [`${title} made no transaction`] : []),
      ...counters
        .filter((counter) => counter.moved < least(counter))
        .map((counter) => `${counter.what} moved by ${counter.moved}, not ${least(counter)}`),
    ],
  )
}

/** The check has run since the load began, and none of its runs failed. */
export const judgeIntegration = (
  check: string,
  first: Observation,
  last: Observation,
  seconds: number,
): CheckResult => {
  const runs = last.runs - first.runs
  const failures = last.failures - first.failures
  return result('traffic.integration', seconds, `runs of ${check} without an error`, formatCount(runs, 'run'), [
    ...(runs <= 0 ? [`${check} has not run since the load started`] : []),
    ...(failures > 0 ? [`${formatCount(failures, 'run')} of ${check} failed`] : []),
  ])
}
