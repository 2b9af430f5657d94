// A value in JSON.

import { doubleQuoted, type Value } from './value.ts'

/** A JSON value of the value's own type. */
export const json = (value: Value): string => (typeof value === 'string' ? doubleQuoted(value) : String(value))
