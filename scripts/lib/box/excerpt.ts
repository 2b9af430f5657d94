// How errors may quote a file.

import { redactKeys } from './secrets.ts'

const limit = 60

/**
 * A piece of a file as errors may quote it: one line, cut to 60 characters, with keys and the passwords of addresses left out before the cut.
 */
export const excerpt = (text: string): string => {
  const safe = redactKeys(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\/\/[^\s/@]*@/g, '//…@')
    // The same without a scheme, as a repository of a registry may have been written: user:password@host/… or host:port.
    .replaceAll(/[^\s/@:'"[,]+:[^\s/@]+@(?=[\w.-]+[:/])/g, '…@')
    .trim()
  return safe.length > limit ? `${safe.slice(0, limit - 1)}…` : safe
}
