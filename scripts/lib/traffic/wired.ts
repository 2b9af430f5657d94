// Judges a load by what the Agent sends: an intake on this machine stands in for Datadog's.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Received } from '../../../lab/intake/payloads.ts'
import { formatCount } from '../_helpers/format.ts'
import type { CheckResult } from '../verify/results.ts'
import { type AppFigures, answeredOf, sumOf } from './app-load.ts'

/** Root spans of one service that have arrived. */
export interface Roots {
  readonly all: number
  /** Those that are marked as errors. */
  readonly errors: number
}

/** Counts root spans of a service: one for each request that it traced. */
export const rootsOf = ({ spans }: Received, service: string): Roots => {
  const roots = spans.filter((span) => span.service === service && span.parentId === '0')
  return { all: roots.length, errors: roots.filter(({ error }) => error !== 0).length }
}

export interface RootsJudged {
  readonly service: string
  readonly app: AppFigures
  /** Before the load, and when it had arrived. */
  readonly before: Roots
  readonly after: Roots
  /** The lab Agent sends every trace; a real one sends a sample, at most about ten a second. */
  readonly labAgent: boolean
  readonly seconds: number
}

/** As many traces as responses, and as many errors among them as responses with 5xx. A sample may be smaller, never larger. */
export const judgeRoots = ({ service, app, before, after, labAgent, seconds }: RootsJudged): CheckResult => {
  const answered = answeredOf(app)
  const unanswered = sumOf(app.unanswered)
  const failed = app.answered['5xx'] ?? 0
  const all = after.all - before.all
  const errors = after.errors - before.errors
  const most = answered + unanswered
  const least = labAgent ? answered : Math.min(1, answered)
  const problems = [
    ...(most === 0 ? ['no request that could have been traced'] : []),
    ...(all < least ? [`${formatCount(least - all, 'trace')} missing`] : []),
    ...(all > most ? [`${formatCount(all - most, 'trace')} more than requests`] : []),
    ...(labAgent && errors < failed ? [`${formatCount(failed - errors, 'error')} missing`] : []),
    ...(errors > failed + unanswered ? [`${errors - failed} marked as errors that were answered without one`] : []),
  ]
  const range = labAgent ? (unanswered === 0 ? `${answered}` : `${answered} to ${most}`) : `1 to ${most}`
  return {
    id: 'traffic.wire',
    title: 'The Agent sends a trace for every request, errors included',
    status: problems.length === 0 ? 'passed' : 'failed',
    seconds,
    expected: `${range} ${most === 1 ? 'trace' : 'traces'} of ${service}, ${failed} with an error`,
    observed: [...problems, `${formatCount(all, 'trace')} arrived, ${errors} with an error`].join('\n'),
  }
}

/** Waits until all have arrived; after the deadline, or when nothing new has come for `patience` seconds, judges what is there. */
export const awaitRoots = async (
  count: () => Roots,
  least: number,
  { every = 1, patience = 30 }: { readonly every?: number; readonly patience?: number } = {},
): Promise<Roots> => {
  let last = count()
  let changed = performance.now()
  while (last.all < least && performance.now() - changed < patience * 1000) {
    await sleep(every * 1000)
    const now = count()
    if (now.all !== last.all) changed = performance.now()
    last = now
  }
  // A trace that is sent twice would come within the next flush.
  await sleep(every * 1000)
  return count()
}
