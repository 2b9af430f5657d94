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

/** Whether a text matches; `slow` if the deadline stops it: backtracking can take forever, and nothing else stops it. */
export const matches = (pattern: string, text: string): boolean | 'slow' => {
  context ??= createContext(Object.create(null))
  Object.assign(context, { pattern, text })
  try {
    return runInContext('new RegExp(pattern, "u").test(text)', context, { timeout: patternDeadline }) === true
  } catch (error) {
    // An error from another realm is not an instance of our Error.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return 'slow'
    throw error
  }
}
