// Counts a stage's test results.

/** What a stage of `npm test` ran. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** How a stage's output is counted: by exit status alone (one test), as TAP, by pytest's summary line, or by our own. */
export type Reading = 'status' | 'tap' | 'pytest' | 'plain'

const count = (output: string, pattern: RegExp): number => [...output.matchAll(pattern)].length

const numberBefore = (line: string, word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0)

/** The last line that matches, such as the summary of pytest or of our own verbs. */
const closing = (output: string, pattern: RegExp): string => [...output.matchAll(pattern)].at(-1)?.[0] ?? ''

const readers: Readonly<Record<Exclude<Reading, 'status'>, (output: string) => Counts>> = {
  tap: (output) => {
    const skipped = count(output, /^ok .*# (SKIP|TODO)/gm)
    return { passed: count(output, /^ok /gm) - skipped, failed: count(output, /^not ok /gm), skipped }
  },
  pytest: (output) => {
    const lines = [...output.matchAll(/^.*\d+ (?:passed|failed|error)s?\b.* in [\d.]+s.*$/gm)].map(([line]) => line)
    const sum = (word: string): number => lines.reduce((total, line) => total + numberBefore(line, word), 0)
    return { passed: sum('passed'), failed: sum('failed') + sum('error'), skipped: sum('skipped') }
  },
  plain: (output) => {
    const line = closing(output, /^(?:\w+: )?\d+ passed, \d+ failed(?:, \d+ skipped)?(?:, \d+ not judged)?$/gm)
    return {
      passed: numberBefore(line, 'passed'),
      failed: numberBefore(line, 'failed'),
      skipped: numberBefore(line, 'skipped'),
    }
  },
}

/**
 * Counts a stage's tests. The exit status has the last word: a stage that failed without a failed test counts as one
 * failure, and so does one that succeeded without running any (fault 43).
 */
export const readCounts = (reading: Reading, output: string, code: number | null): Counts => {
  if (reading === 'status') return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
  const counts = readers[reading](output)
  const lacking = (code !== 0 && counts.failed === 0) || counts.passed + counts.failed === 0
  return lacking ? { ...counts, failed: counts.failed + 1 } : counts
}
