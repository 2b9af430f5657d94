// Languages in which every value becomes one quoted literal.

import { assertText, doubleQuoted, type Value } from './value.ts'

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

/** A YAML scalar of the value's own type: text is quoted, so that `no`, `012` and `1.0` stay text. */
export const yaml = (value: Value): string => (typeof value === 'string' ? doubleQuoted(value) : plain(value))

/** YAML 1.1, which the Agent's Python reads, takes `1e-7` for text: a number with an exponent needs a point. */
const plain = (value: number | boolean): string => String(value).replace(/^(-?\d+)e/, '$1.0e')

/** A JSON value of the value's own type. */
export const json = (value: Value): string => (typeof value === 'string' ? doubleQuoted(value) : String(value))

/** An HCL literal: `${` and `%{` are doubled, since they would start a template (fault 17). */
export const hcl = (value: Value): string =>
  typeof value === 'string' ? doubleQuoted(value).replaceAll(/[$%](?=\{)/g, '$&$&') : String(value)

/** A Python literal: `str`, `int`, `float` or `bool`. */
export const python = (value: Value): string => {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' ? doubleQuoted(value) : String(value)
}

/** A Ruby literal: `#{`, `#$` and `#@` would interpolate, so every `#` is escaped. */
export const ruby = (value: Value): string =>
  typeof value === 'string' ? doubleQuoted(value).replaceAll('#', '\\#') : String(value)

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
