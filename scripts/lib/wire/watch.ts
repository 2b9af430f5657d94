// Polls until everything has arrived.

import { setTimeout as delay } from 'node:timers/promises'
import type { Received } from '../../../lab/intake/payloads.ts'
import { cutText } from '../_helpers/terminal.ts'
import type { Expectations } from '../render/rendered-box.ts'
import type { CheckResult } from '../verify/results.ts'
import type { Session } from '../verify/ssh.ts'
import { wireChecks } from './checks.ts'
import { originOf } from './origin.ts'
import { type Pointed, provoke } from './point.ts'
import type { Provoked, WireCheck } from './wire-check.ts'

/** Maximum number of problems to report for a check: if all points of a series are wrong, a few are enough. */
const shownProblems = 20

const listed = (problems: readonly string[]): string =>
  [
    ...problems.slice(0, shownProblems),
    ...(problems.length > shownProblems ? [`and ${problems.length - shownProblems} more`] : []),
  ].join('\n')

const resultOf = (
  { id, title, expected, problems, observed }: WireCheck,
  received: Received,
  begun: number,
): CheckResult => {
  const found = problems(received)
  return {
    id,
    title,
    expected,
    status: found.length === 0 ? 'passed' : 'failed',
    seconds: (Date.now() - begun) / 1000,
    observed: cutText(found.length === 0 ? observed(received) : listed(found), 20_000),
  }
}

export interface Watched {
  readonly session: Session
  readonly pointed: Pointed
  readonly expectations: Expectations
  readonly received: () => Received
  /** Seconds until everything must have arrived. */
  readonly deadline: number
  readonly onResult: (result: CheckResult) => void
}

/**
 * Generates data and looks for arrivals until each check has passed once, or the time is up. Finally everything is
 * judged again: data that came after a check had passed may be wrong, and encodings are only judged at the end.
 *
 * @returns one result for each check, in order; `onResult` is called again for a check that turned red.
 */
export const watch = async (watched: Watched): Promise<CheckResult[]> => {
  const { session, pointed, expectations, received, deadline, onResult } = watched
  const begun = Date.now()
  const results = new Map<string, CheckResult>()
  const tell = (result: CheckResult): void => {
    results.set(result.id, result)
    onResult(result)
  }
  let lines: Provoked['lines'] = {}
  let checks: readonly WireCheck[] = []
  for (let round = 0; ; round++) {
    if (round % 10 === 0) lines = await provoke(session, expectations)
    checks = wireChecks(expectations, { lines, ...originOf(pointed, Date.now() / 1000) })
    const late = Date.now() - begun > deadline * 1000
    const open = checks.filter(({ id }) => !results.has(id) && id !== 'wire.encodings')
    for (const check of open) {
      const result = resultOf(check, received(), begun)
      if (result.status === 'passed' || late) tell(result)
    }
    if (late || open.every(({ id }) => results.has(id))) break
    await delay(1000)
  }
  for (const check of checks) {
    const result = resultOf(check, received(), begun)
    if (results.get(check.id)?.status !== result.status) tell(result)
  }
  return checks.flatMap(({ id }) => results.get(id) ?? [])
}
