// Checks the host key.

import { createHash } from 'node:crypto'
import { BoxhoundError } from '../_helpers/errors.ts'

/** OpenSSH's fingerprint of a public key in wire format: `SHA256:` and 43 characters. */
export const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** Whether a text has the format of OpenSSH's fingerprints. */
export const isFingerprint = (text: string): boolean => /^SHA256:[A-Za-z0-9+/]{43}$/.test(text)

/** The error for a server whose host key differs from the one on the console or from the caller (fault 41). */
export const hostKeyError = (expected: string, found: string): BoxhoundError =>
  new BoxhoundError('E_HOST_KEY', 'unexpected host key', {
    expected,
    found,
    next: 'make sure that this is the machine you mean; read its key on its console, never from the connection itself',
  })
