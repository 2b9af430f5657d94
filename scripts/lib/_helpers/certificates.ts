// Reads and checks CA bundles.

import { X509Certificate } from 'node:crypto'
import { BoxhoundError } from './errors.ts'
import { readPlain } from './plain-file.ts'

/** The certificates in a text, in PEM. */
export const certificatesIn = (text: string): string[] =>
  text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []

const isCertificate = (pem: string): boolean => {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}

const bundleError = (file: string, message: string, found: string, cause?: unknown): BoxhoundError =>
  new BoxhoundError('E_CA_BUNDLE', message, {
    file,
    expected: 'a file of certificates in PEM: -----BEGIN CERTIFICATE----- …',
    found,
    next: 'fix mirrors.caBundle in the box file, or SSL_CERT_FILE or NODE_EXTRA_CA_CERTS in the environment',
    exitCode: 2,
    cause,
  })

const contentOf = (file: string): string => {
  try {
    return readPlain(file, { source: file, follow: true }).content.toString('utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    const found = cause instanceof BoxhoundError ? (cause.details.found ?? cause.message) : code
    throw bundleError(file, 'the CA bundle cannot be read', found, cause)
  }
}

/**
 * The certificates of a file, in PEM.
 *
 * @throws BoxhoundError E_CA_BUNDLE naming the file when it can't be read or holds none.
 */
export const readBundle = async (file: string): Promise<string[]> => {
  const text = contentOf(file)
  const found = certificatesIn(text)
  if (found.length === 0) throw bundleError(file, 'the CA bundle holds no certificate', `${text.length} characters`)
  // OpenSSL skips what it cannot parse; the error would only appear later, as an unknown authority.
  const broken = found.findIndex((pem) => !isCertificate(pem))
  if (broken >= 0) throw bundleError(file, 'the CA bundle holds a damaged certificate', `certificate ${broken + 1}`)
  return found
}
