import { z } from 'zod'
import type { CheckResult } from './types.ts'

const resultSchema = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['passed', 'failed', 'skipped']),
  seconds: z.number(),
  expected: z.string(),
  observed: z.string(),
})

/** Complete lines of the results file; the last one may still be being written. */
export const parseResults = (text: string): CheckResult[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => resultSchema.parse(JSON.parse(line)))

/**
 * Results in the planned order, one per planned id.
 *
 * A check that told nothing did not run, and that is a failure, not a gap (fault 43). The first result of an id counts.
 *
 * @param why what is known about the run that left ids out, e.g. the last lines of its output.
 */
export const reconcile = (planned: readonly string[], results: readonly CheckResult[], why: string): CheckResult[] =>
  planned.map((id) => {
    const result = results.find((other) => other.id === id)
    if (result !== undefined) return result
    const expected = 'the check runs and tells what it saw'
    return { id, title: id, status: 'failed', seconds: 0, expected, observed: `it did not run: ${why}` }
  })

/** A result for each planned id that the machine cannot show. */
export const unjudged = (planned: readonly string[], reasons: ReadonlyMap<string, string>): CheckResult[] =>
  planned.flatMap((id) => {
    const reason = reasons.get(id)
    const expected = 'a machine that can show it'
    return reason === undefined
      ? []
      : [{ id, title: id, status: 'not judged' as const, seconds: 0, expected, observed: reason }]
  })
