// Quotes words for the remote shell.

import { BoxhoundError } from '../_helpers/errors.ts'

/** One word for a POSIX shell, byte for byte. A NUL can't be handed over at all: a shell would cut the word there. */
export const quoteWord = (word: string): string => {
  if (word.includes('\0')) {
    throw new BoxhoundError('E_NUL', 'a command contains a NUL character', { found: JSON.stringify(word) })
  }
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A command line whose words reach the program as they are. */
export const quoteCommand = (words: readonly string[]): string => words.map(quoteWord).join(' ')
