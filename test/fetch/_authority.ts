import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { temporaryFolder } from '../helpers/_folder.ts'

export interface Authority {
  /** PEM file with its certificate, as mirrors.caBundle names it. */
  readonly bundle: string
  readonly certificate: string
  /** A key and certificate for these hosts, signed by it; `days` below 0 for one that has expired. */
  readonly sign: (hosts: readonly string[], days?: number) => { readonly key: string; readonly cert: string }
}

/** A certificate authority of the test's own, as that of a closed network. */
export const makeAuthority = async (t: ExecutionContext, name = 'Test Network Root'): Promise<Authority> => {
  const folder = await temporaryFolder(t)
  const at = (file: string): string => join(folder, file)
  const openssl = (...words: string[]): void => void execFileSync('openssl', words, { stdio: 'pipe' })
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl(
    'req',
    '-x509',
    ...curve,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '2',
    '-subj',
    `/O=Example/CN=${name}`,
  )
  let number = 0
  return {
    bundle: at('ca.pem'),
    certificate: readFileSync(at('ca.pem'), 'utf8'),
    sign: (hosts, days = 2) => {
      number += 1
      const [key, request, cert, extension] = ['key', 'csr', 'pem', 'ext'].map((end) => at(`${number}.${end}`)) as [
        string,
        string,
        string,
        string,
      ]
      const names = hosts.map((host) => `${/^[\d.]+$/.test(host) ? 'IP' : 'DNS'}:${host}`).join(',')
      writeFileSync(extension, `subjectAltName=${names}\n`)
      openssl('req', ...curve, '-keyout', key, '-out', request, '-subj', `/CN=${hosts[0]}`)
      const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', String(days)]
      openssl('x509', '-req', '-in', request, ...signed, '-extfile', extension, '-out', cert)
      return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
    },
  }
}
