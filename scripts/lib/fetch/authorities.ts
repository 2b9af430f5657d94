// Trusted certificate authorities (CAs).

import { readFile } from 'node:fs/promises'
import { certificatesIn, readBundle } from '../_helpers/certificates.ts'

/** Where distributions keep the CAs that an administrator has added to the machine's trust. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
]

/**
 * The CAs that a download trusts: Node's own, the system's, and those of `caBundle`, without duplicates, in PEM.
 *
 * @throws BoxhoundError E_CA_BUNDLE naming the file if the bundle can't be read or contains no certificate.
 */
export const authorities = async (caBundle: string | undefined): Promise<string[]> => {
  const own = caBundle === undefined ? [] : await readBundle(caBundle)
  // Loading Node's TLS takes 30 ms, which a bake without downloads should not spend.
  const { rootCertificates } = await import('node:tls')
  const system = await Promise.all(systemBundles.map((file) => readFile(file, 'utf8').then(certificatesIn, () => [])))
  return [...new Set([...own, ...system.flat(), ...rootCertificates])]
}
