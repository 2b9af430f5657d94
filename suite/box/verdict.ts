/** What a check concludes. */
export interface Verdict {
  readonly passed: boolean
  readonly expected: string
  readonly observed: string
  /** True for a red verdict that waiting cannot change. */
  readonly final?: boolean
  /**
   * How far the machine has come, if this can be measured: a number that grows while it makes progress. Each change
   * extends the wait.
   */
  readonly progress?: number
  /** True if this machine cannot show it: neither green nor red, and `observed` gives the reason. */
  readonly notJudged?: boolean
  /** True if the connection to the machine was lost: not judged either, but the run fails. */
  readonly lost?: boolean
}

/** A verdict for something that this machine cannot show. */
export const notJudged = (expected: string, reason: string): Verdict => ({
  passed: true,
  expected,
  observed: reason,
  notJudged: true,
})

/** Red if there is any problem; the problems then become `observed`. */
export const judge = (expected: string, observed: string, problems: readonly string[]): Verdict =>
  problems.length === 0
    ? { passed: true, expected, observed }
    : { passed: false, expected, observed: problems.join('\n') }

/** Marks a verdict as final: it rests on facts that won't change, so don't wait. */
export const final = (verdict: Verdict): Verdict => ({ ...verdict, final: true })

/** The wanted items that were not found. */
export const missing = (wanted: readonly string[], found: Iterable<string>): string[] => {
  const present = new Set(found)
  return wanted.filter((item) => !present.has(item))
}

/** `a, b, c` or `none`. */
export const list = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '))
