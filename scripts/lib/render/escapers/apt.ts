// A word of an apt source line.

import type { Value } from './value.ts'

/** A word of a line in sources.list(5): nothing there can be quoted, so whatever could end the word, the line or the options is refused. */
export const apt = (value: Value): string => {
  const plain = String(value)
  if (!/^[\x21-\x7e]+$/.test(plain) || /[[\]#"'\\]/.test(plain))
    throw new RangeError(
      'an apt source holds words of printable ASCII without blanks, brackets, quotes, # and backslashes',
    )
  return plain
}
