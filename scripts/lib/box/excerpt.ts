// Safe quotations from files in errors.

import { redactKeys } from './secrets.ts'

const limit = 60

/**
 * An excerpt of a file for an error: one line of at most 60 characters; keys and passwords in addresses are redacted before cutting.
 */
export const excerpt = (text: string): string => {
  const safe = redactKeys(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\/\/[^\s/@]*@/g, '//…@')
    // The same without a scheme, as a registry's repository may be written: user:password@host/… or host:port.
    .replaceAll(/[^\s/@:'"[,]+:[^\s/@]+@(?=[\w.-]+[:/])/g, '…@')
    .trim()
  return safe.length > limit ? `${safe.slice(0, limit - 1)}…` : safe
}
