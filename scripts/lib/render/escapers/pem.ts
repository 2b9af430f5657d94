// A certificate in a PEM file.

import type { Value } from './value.ts'

const certificate = /^-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/=]+\n)+-----END CERTIFICATE-----\n?$/

/** A certificate as a block of a PEM file, and nothing before or behind it. */
export const pem = (value: Value): string => {
  const plain = String(value)
  if (!certificate.test(plain)) throw new RangeError('a file of certificates holds PEM blocks and nothing else')
  return plain.trimEnd()
}
