// Matches planned checks with results.

import type { PlannedCheck } from './ids.ts'
import type { CheckResult } from './results.ts'

/**
 * Results in the planned order, one per planned id.
 *
 * A check without a result did not run, which is a failure, not a gap (fault 43). If an id has several results, the
 * first counts.
 *
 * @param why what is known about a run that skipped ids, e.g. the last lines of its output.
 */
export const reconcile = (
  planned: readonly PlannedCheck[],
  results: readonly CheckResult[],
  why: string,
): CheckResult[] =>
  planned.map(({ id, title }) => {
    const result = results.find((other) => other.id === id)
    if (result !== undefined) return result
    const expected = 'the check runs and reports its observation'
    return { id, title, status: 'failed', seconds: 0, expected, observed: `it did not run: ${why}` }
  })

/** A result for each planned id that can't be judged on this machine. */
export const unjudged = (planned: readonly PlannedCheck[], reasons: ReadonlyMap<string, string>): CheckResult[] =>
  planned.flatMap(({ id, title }) => {
    const reason = reasons.get(id)
    const expected = 'a machine that can show this'
    return reason === undefined
      ? []
      : [{ id, title, status: 'not judged' as const, seconds: 0, expected, observed: reason }]
  })
