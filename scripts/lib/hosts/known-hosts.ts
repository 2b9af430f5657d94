// Host keys that the user's known_hosts files vouch for.

import { existsSync } from 'node:fs'
import { outcomeOf } from '../_helpers/child.ts'
import { isErrno } from '../_helpers/errors.ts'
import { fingerprintOf } from '../_helpers/host-key.ts'

/** One key of a known_hosts file. */
export interface KnownKey {
  readonly marker: '' | 'cert-authority' | 'revoked'
  /** Such as `ssh-ed25519`. */
  readonly type: string
  readonly fingerprint: string
}

/** Parses lines that `ssh-keygen -F` prints; those without a key are ignored. */
export const parseKnown = (text: string): KnownKey[] =>
  text.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/)
    const marker = words[0]?.startsWith('@') === true ? words.shift()?.slice(1) : ''
    const [hosts = '', type = '', key = ''] = words
    if (hosts === '' || hosts.startsWith('#') || !/^[A-Za-z0-9+/]+=*$/.test(key)) return []
    if (marker !== '' && marker !== 'cert-authority' && marker !== 'revoked') return []
    return [{ marker, type, fingerprint: fingerprintOf(Buffer.from(key, 'base64')) }]
  })

const find = async (name: string, file: string): Promise<KnownKey[]> => {
  try {
    const { stdout } = await outcomeOf('ssh-keygen', ['-F', name, '-f', file], { timeout: 20_000, largest: 4 << 20 })
    return parseKnown(stdout.toString('utf8'))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [] // no ssh-keygen: nothing is known
    throw error
  }
}

/** How known_hosts names a host at a port. */
export const knownName = (host: string, port: number): string => (port === 22 ? host : `[${host}]:${port}`)

/** Every key that these files have for a host, hashed names and patterns included: `ssh-keygen -F` looks it up. */
export const knownKeys = async (host: string, port: number, files: readonly string[]): Promise<KnownKey[]> => {
  const present = files.filter((file) => existsSync(file))
  const lookUp = async (name: string): Promise<KnownKey[]> =>
    (await Promise.all(present.map((file) => find(name, file)))).flat()
  const exact = await lookUp(knownName(host, port))
  // As ssh does: a key without a port counts, too; it is still this host's.
  return exact.length > 0 || port === 22 ? exact : lookUp(host)
}
