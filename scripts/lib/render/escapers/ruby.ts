// A value in Ruby.

import { doubleQuoted, type Value } from './value.ts'

/** A Ruby literal: `#{`, `#$` and `#@` would interpolate, so every `#` is escaped. */
export const ruby = (value: Value): string =>
  typeof value === 'string' ? doubleQuoted(value).replaceAll('#', '\\#') : String(value)
