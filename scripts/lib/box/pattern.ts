// Regular expressions of a check.yaml, with a deadline.

import { type Context, createContext, runInContext } from 'node:vm'

/** Longer than any pattern without catastrophic backtracking needs, in milliseconds. */
export const patternDeadline = 250

/** The remedy for a pattern that exceeds the deadline. */
export const slowPattern =
  'simplify the pattern in check.yaml: repetitions inside repetitions, such as (a+)+, backtrack without end'

/** Whether a text is a regular expression of JavaScript's, flag u. */
export const isPattern = (text: string): boolean => {
  try {
    return new RegExp(text, 'u') instanceof RegExp
  } catch {
    return false
  }
}

let context: Context | undefined

const flagsOf = (lines: boolean): string => (lines ? 'mu' : 'u')

const isTimeout = (error: unknown): boolean =>
  // An error from another realm is not an instance of our Error.
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'

const milliseconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000

/** The deadline counts wall-clock time, in which a busy machine may hardly let this process run. Then it is given another one. */
const attempts = 40

/**
 * Whether a text matches; `slow` if the deadline stops it: backtracking can take forever, and nothing else stops it.
 *
 * @param cpuUsage what this process has computed, as process.cpuUsage.
 * @param lines whether ^ and $ are the ends of a line instead of the text's.
 */
export const matches = (
  pattern: string,
  text: string,
  cpuUsage = process.cpuUsage,
  lines = false,
): boolean | 'slow' => {
  context ??= createContext(Object.create(null))
  Object.assign(context, { pattern, text, flags: flagsOf(lines) })
  for (let attempt = 1; ; attempt += 1) {
    const before = cpuUsage()
    try {
      return runInContext('new RegExp(pattern, flags).test(text)', context, { timeout: patternDeadline }) === true
    } catch (error) {
      if (!isTimeout(error)) throw error
      if (attempt === attempts || milliseconds(cpuUsage(before)) >= patternDeadline / 2) return 'slow'
    }
  }
}
