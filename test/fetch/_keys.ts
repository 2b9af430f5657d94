import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { Signer } from '../../scripts/lib/fetch/signature.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

export interface Keys {
  /** Runs gpg with a home of its own; returns stdout. */
  readonly gpg: (words: readonly string[], input?: string | Buffer) => Buffer
  /** A new key; `when` is gpg's faked time of its making. Returns its full fingerprint. */
  readonly make: (name: string, more?: { readonly expires?: string; readonly when?: string }) => string
  /** A detached signature by all of these keys. */
  readonly sign: (data: string | Buffer, by: readonly string[], words?: readonly string[]) => Buffer
  /** A keyring file with these public keys. */
  readonly keyring: (name: string, fingerprints: readonly string[]) => string
  readonly signer: (fingerprint: string) => Signer
  /** Revokes a key. */
  readonly revoke: (fingerprint: string) => void
}

/** Secret keys for one test; their agent ends with it. */
export const makeKeys = async (t: ExecutionContext): Promise<Keys> => {
  const folder = await temporaryFolder(t)
  const home = join(folder, 'h')
  mkdirSync(home, { mode: 0o700 })
  t.teardown(() => execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'], { stdio: 'ignore' }))
  const quiet = ['--homedir', home, '--batch', '--yes', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', '']
  const gpg: Keys['gpg'] = (words, input) =>
    execFileSync('gpg', [...quiet, ...words], { input: input ?? '', stdio: ['pipe', 'pipe', 'pipe'] })
  const keyring: Keys['keyring'] = (name, fingerprints) => {
    const file = join(folder, `${name}.gpg`)
    writeFileSync(file, gpg(['--export', ...fingerprints]))
    return file
  }
  return {
    gpg,
    keyring,
    make: (name, { expires = '0', when } = {}) => {
      const faked = when === undefined ? [] : ['--faked-system-time', when]
      gpg([...faked, '--quick-gen-key', `${name} <${name}@example.invalid>`, 'ed25519', 'sign', expires])
      const listed = gpg(['--list-keys', '--with-colons', name]).toString()
      return /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? ''
    },
    sign: (data, by, words = []) =>
      gpg([...words, ...by.flatMap((key) => ['--local-user', key]), '--output', '-', '--detach-sign'], data),
    signer: (fingerprint) => ({ keyring: keyring(fingerprint, [fingerprint]), fingerprint }),
    revoke: (fingerprint) => {
      const certificate = readFileSync(join(home, 'openpgp-revocs.d', `${fingerprint}.rev`), 'utf8')
      gpg(['--import'], certificate.replace(':-----BEGIN', '-----BEGIN'))
    },
  }
}
