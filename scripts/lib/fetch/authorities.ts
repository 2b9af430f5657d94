// Trusted certificate authorities.

import { readFile } from 'node:fs/promises'
import { certificatesIn, readBundle } from '../_helpers/certificates.ts'

/** Where distributions keep the authorities that an administrator has made the machine trust. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
]

/**
 * The authorities that a download trusts: Node's own, those of the system, and those of `caBundle`, each once, in PEM.
 *
 * @throws BoxhoundError E_CA_BUNDLE naming the file when the bundle can't be read or holds no certificate.
 */
export const authorities = async (caBundle: string | undefined): Promise<string[]> => {
  const own = caBundle === undefined ? [] : await readBundle(caBundle)
  // Node's TLS takes 30 ms to load, which a bake that has all it needs must not pay.
  const { rootCertificates } = await import('node:tls')
  const system = await Promise.all(systemBundles.map((file) => readFile(file, 'utf8').then(certificatesIn, () => [])))
  return [...new Set([...own, ...system.flat(), ...rootCertificates])]
}
