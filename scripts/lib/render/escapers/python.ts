// A value in Python.

import { doubleQuoted, type Value } from './value.ts'

/** A Python literal: `str`, `int`, `float` or `bool`. */
export const python = (value: Value): string => {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' ? doubleQuoted(value) : String(value)
}
