// A value in an INI file.

import { text } from './text.ts'
import type { Value } from './value.ts'

/** The rest of a line in an INI file as Python's configparser reads it (pip.conf): nothing is quoted, blanks at the ends are lost. */
export const ini = (value: Value): string => {
  const plain = text(value)
  if (plain === '' || /^\s|\s$/.test(plain))
    throw new RangeError('this kind of file cannot hold an empty value, or one with a blank at an end')
  return plain
}
