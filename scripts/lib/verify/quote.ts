// Quotes words for the remote shell.

import { BoxhoundError } from '../_helpers/errors.ts'

/** Quotes one word for a POSIX shell, byte for byte. A NUL is refused, since a shell would truncate the word there. */
export const quoteWord = (word: string): string => {
  if (word.includes('\0')) {
    throw new BoxhoundError('E_NUL', 'a command contains a NUL character', { found: JSON.stringify(word) })
  }
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A command line whose words reach the program unchanged. */
export const quoteCommand = (words: readonly string[]): string => words.map(quoteWord).join(' ')
