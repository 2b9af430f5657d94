// A value in no known language.

import type { Value } from './value.ts'

/** A file in no language known here: nothing can be escaped, so whatever could end a line or hide is refused. */
export const text = (value: Value): string => {
  const plain = String(value)
  if (/[\0-\x1f\x7f-\x9f\u2028\u2029]|\p{Surrogate}/u.test(plain))
    throw new RangeError('this kind of file cannot hold a line break or a control character in a value')
  return plain
}
