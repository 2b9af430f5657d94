// A value in YAML.

import { doubleQuoted, type Value } from './value.ts'

/** A YAML scalar of the value's own type: text is quoted, so that `no`, `012` and `1.0` stay text. */
export const yaml = (value: Value): string => (typeof value === 'string' ? doubleQuoted(value) : String(value))
