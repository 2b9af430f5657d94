// Regular expressions of a check.yaml, with a deadline.

import { type Context, createContext, runInContext } from 'node:vm'

/** Longer than any pattern needs that doesn't backtrack, in milliseconds. */
export const patternDeadline = 250

/** What to do about a pattern that doesn't come to an end. */
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

/** Whether a text matches; `slow` when the deadline ends the search: a regular expression can take for ever, and nothing else ends it. */
export const matches = (pattern: string, text: string): boolean | 'slow' => {
  context ??= createContext(Object.create(null))
  Object.assign(context, { pattern, text })
  try {
    return runInContext('new RegExp(pattern, "u").test(text)', context, { timeout: patternDeadline }) === true
  } catch (error) {
    // An error of another realm is no instance of ours.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return 'slow'
    throw error
  }
}
