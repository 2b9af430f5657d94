// A setting of apt's.

import type { Value } from './value.ts'

/** A value in apt.conf(5), in the quotes that it needs. No escape exists there, so whatever could end them or the line is refused. */
export const aptConf = (value: Value): string => {
  const plain = String(value)
  if (/["\\\0-\x1f\x7f-\x9f\u2028\u2029]|\p{Surrogate}/u.test(plain))
    throw new RangeError(
      'a setting of apt’s cannot hold a quotation mark, a backslash, a line break or a control character',
    )
  return `"${plain}"`
}
