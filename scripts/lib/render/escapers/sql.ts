// A value in SQL, whatever the server's mode.

import { assertText, type Value } from './value.ts'

/**
 * An SQL literal that means the same with and without MySQL's NO_BACKSLASH_ESCAPES.
 *
 * Text is quoted with quotes doubled, which is standard SQL. A backslash reads differently in the two modes, so a value with one becomes
 * a MySQL hexadecimal literal with its character set: an expression everywhere, but refused by the grammar where only a quoted string may
 * stand (IDENTIFIED BY). Refused is right: the other ways store another password than was meant.
 */
export const sql = (value: Value): string => {
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'number') return String(value)
  assertText(value)
  if (value.includes('\\')) return `_utf8mb4 X'${Buffer.from(value, 'utf8').toString('hex').toUpperCase()}'`
  return `'${value.replaceAll("'", "''")}'`
}
