// Fingerprints of SSH host keys, as OpenSSH prints them.

import { createHash } from 'node:crypto'

/** OpenSSH's fingerprint of a public key in its wire format: `SHA256:` and 43 characters. */
export const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** True for the shape that OpenSSH prints. */
export const isFingerprint = (text: string): boolean => /^SHA256:[A-Za-z0-9+/]{43}$/.test(text)
