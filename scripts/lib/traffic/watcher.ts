// Looks at the Agent before, during and after a load.

import { setTimeout as sleep } from 'node:timers/promises'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Session } from '../verify/ssh.ts'
import { type Observation, observe, type Watched } from './observation.ts'
import { tally } from './tally.ts'

/** Runs `work` again and again, with so many seconds between two, until the signal. */
export const repeat = async (seconds: number, signal: AbortSignal, work: () => unknown): Promise<void> => {
  for (;;) {
    await sleep(seconds * 1000, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    await work()
  }
}

/** Seconds from one look at a receiver that tells of minutes to the next, so that none is missed. */
const lookEvery = 15

/** Looks again and again until the signal. Totals need no look in between. */
export const lookDuring = async (
  session: Session,
  watched: Watched,
  observations: Observation[],
  signal: AbortSignal,
): Promise<void> => {
  if (observations[0]?.span !== 'minute') return
  await repeat(lookEvery, signal, () =>
    observe(session, watched).then(
      (found) => observations.push(found),
      () => {
        // One that fails is one look less: the next one comes soon enough.
      },
    ),
  )
}

/** How often the Agent is asked after a load, and when nothing more is expected; seconds. */
export interface Pace {
  readonly every: number
  /** Since the last change. */
  readonly patience: number
  /** In all, whatever still comes: somebody else may call the app for days. */
  readonly limit: number
}

/** A tracer sends each second. A minute's figures may be published 70 s after they were counted; an integration's check is due once in 15 s. */
const paces: Readonly<Record<Observation['span'], Pace>> = {
  total: { every: 2, patience: 30, limit: 120 },
  minute: { every: 5, patience: 150, limit: 400 },
}

/** The same once more, with the reason why there is nothing newer. */
const unanswered = (last: Observation, error: unknown): Observation => {
  if (!(error instanceof BoxhoundError) || error.code !== 'E_TRAFFIC') throw error
  return { ...last, at: performance.now() / 1000, error: `${error.message}: ${error.details.found ?? ''}` }
}

/** Looks again until the Agent has counted as much as was answered and its check has run, or nothing new comes any more. */
export const lookAfter = async (
  session: Session,
  watched: Watched,
  observations: [Observation, ...Observation[]],
  answered: number,
  pace?: Pace,
): Promise<void> => {
  const [first] = observations
  const { every, patience, limit } = pace ?? paces[first.span]
  const begun = performance.now()
  let changed = begun
  for (let before = ''; ; ) {
    const last = observations.at(-1) ?? first
    const now = await observe(session, watched).catch((error: unknown) => unanswered(last, error))
    observations.push(now)
    const { counts } = tally(observations)
    const isCounted = watched.service === null || !now.keyed || counts.received + counts.unsent >= answered
    const isRun = watched.check === null || now.runs > first.runs
    // Later runs of the check say nothing new.
    const state = JSON.stringify([counts, isRun])
    // Totals twice the same: a payload that was sent twice would have come meanwhile.
    if (isCounted && isRun && (state === before || now.span === 'minute')) return
    if (state !== before) changed = performance.now()
    if (performance.now() - changed > patience * 1000 || performance.now() - begun > limit * 1000) return
    before = state
    await sleep(every * 1000)
  }
}
