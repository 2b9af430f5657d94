// A value in a POSIX shell.

import { assertText, type Value } from './value.ts'

/**
 * One word for a POSIX shell, always in single quotes: nothing inside them has a meaning (fault 16).
 *
 * A value that starts with `-` stays an option to the command that receives it: write `--` before it (fault 19).
 */
export const shell = (value: Value): string => {
  const text = String(value)
  assertText(text)
  return `'${text.replaceAll("'", "'\\''")}'`
}
