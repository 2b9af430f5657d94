/** What a check concludes. */
export interface Verdict {
  readonly passed: boolean
  readonly expected: string
  readonly observed: string
  /** True for a red verdict that waiting cannot change. */
  readonly final?: boolean
  /**
   * How far the machine is with what is waited for, if that can be told: a figure that grows while it gets there and then stands still. Each change of it
   * renews the patience of who waits.
   */
  readonly progress?: number
  /** True where the machine cannot show it: neither green nor red, `observed` is the reason. */
  readonly notJudged?: boolean
  /** True where the machine could not be reached any more: not judged either, and the run is a failure. */
  readonly lost?: boolean
}

/** What this machine cannot show, and why. */
export const notJudged = (expected: string, reason: string): Verdict => ({
  passed: true,
  expected,
  observed: reason,
  notJudged: true,
})

/** Red as soon as there is a problem; the problems then are what is told as observed. */
export const judge = (expected: string, observed: string, problems: readonly string[]): Verdict =>
  problems.length === 0
    ? { passed: true, expected, observed }
    : { passed: false, expected, observed: problems.join('\n') }

/** The same verdict, not to be waited on: it rests on facts that stay. */
export const final = (verdict: Verdict): Verdict => ({ ...verdict, final: true })

/** Items that are wanted and absent. */
export const missing = (wanted: readonly string[], found: Iterable<string>): string[] => {
  const present = new Set(found)
  return wanted.filter((item) => !present.has(item))
}

/** `a, b, c` or `none`. */
export const list = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '))
