// A value in HCL.

import { doubleQuoted, type Value } from './value.ts'

/** An HCL literal: `${` and `%{` are doubled, since they would start a template (fault 17). */
export const hcl = (value: Value): string =>
  typeof value === 'string' ? doubleQuoted(value).replaceAll(/[$%](?=\{)/g, '$&$&') : String(value)
