// Builds a keyring from the listed keys of a repository.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { outcomeOf } from '../_helpers/child.ts'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError, isErrno } from '../_helpers/errors.ts'

/** The response from one address: keys, armored or binary, or anything else. */
export interface Delivery {
  /** For messages. */
  readonly address: string
  readonly content: Uint8Array
}

export interface Keyring {
  /** Binary, with the listed keys in their order; the same keys give the same bytes. */
  readonly content: Buffer
  /** What the user should know: keys that were left out, and why. */
  readonly notes: readonly string[]
}

/** A primary key, from `gpg --with-colons` (GnuPG's doc/DETAILS). */
interface Key {
  readonly fingerprint: string
  /** `r` revoked, `e` expired, others. */
  readonly validity: string
  /** Seconds since 1970. */
  readonly expires: number | undefined
  /** Whether it can sign now, itself or with a subkey: an upper-case S among its capabilities. */
  readonly signs: boolean
}

interface Ran {
  readonly stdout: Buffer
  readonly status: number
  /** The last line of gpg's messages. */
  readonly said: string
}

/**
 * Runs gpg with its own home and without an agent: public keys don't need one, and one left running would keep the
 * folder busy.
 */
const gpg = async (home: string, words: readonly string[]): Promise<Ran> => {
  const own = ['--no-options', '--no-autostart', '--batch', '--no-tty', '--quiet', '--no-auto-check-trustdb']
  const ring = ['--no-default-keyring', '--keyring', join(home, 'keys.gpg')]
  const environment = { PATH: process.env.PATH ?? '', LC_ALL: 'C', GNUPGHOME: home }
  const { code, stdout, stderr } = await outcomeOf('gpg', [...own, ...ring, ...words], {
    environment,
    timeout: 30_000,
  }).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw error
    throw new BoxhoundError('E_GPG', 'gpg is not installed', {
      expected: 'the program gpg, which reads OpenPGP keys',
      found: 'not in PATH',
      exitCode: 3,
      next: 'apt-get install gpg, or npm run setup',
    })
  })
  return { stdout, status: code, said: stderr.toString('utf8').trimEnd().split('\n').at(-1) ?? '' }
}

/** For commands that cannot fail because of downloaded content. */
const gpgStrictly = async (home: string, words: readonly string[]): Promise<Buffer> => {
  const { stdout, status, said } = await gpg(home, words)
  if (status === 0) return stdout
  throw new BoxhoundError('E_GPG', `gpg ${words[0]} failed with status ${status}`, {
    found: said,
    next: 'try it by hand in a new folder: gpg --homedir FOLDER',
  })
}

const parseKeys = (listing: Buffer): Key[] => {
  const keys: Key[] = []
  let open: Omit<Key, 'fingerprint'> | undefined
  for (const line of listing.toString('utf8').split('\n')) {
    const [record, validity = '', , , , , expires = '', , , fingerprint = '', , capabilities = ''] = line.split(':')
    if (record === 'pub')
      open = { validity, expires: expires === '' ? undefined : Number(expires), signs: capabilities.includes('S') }
    if (record !== 'fpr' || open === undefined) continue
    // The first fingerprint after a key is its own, the following ones belong to subkeys.
    keys.push({ fingerprint, ...open })
    open = undefined
  }
  return keys
}

const day = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10)

/** Why a key cannot be trusted; undefined if it can. */
const fault = ({ validity, expires, signs }: Key): string | undefined => {
  if (validity === 'r') return 'was revoked by its owner'
  if (validity === 'e') return `expired${expires === undefined ? '' : ` on ${day(expires)}`}`
  return signs ? undefined : 'has no valid signing key'
}

const rotated =
  'its publisher may have rotated its key: compare the announcement with the fingerprint found, then list it where the repository is declared: agent.repository (url, keys, keyUrls) of the box file, or repository of the database.yaml'

/**
 * The keys from one address. A proxy's error page or another publisher's key is refused, even if other addresses have
 * the right ones.
 */
const keysOf = async (
  { address, content }: Delivery,
  file: string,
  home: string,
  wanted: readonly string[],
): Promise<Key[]> => {
  await writeFile(file, content)
  // If the file contains no key, gpg's exit status says no more than its output.
  const { stdout, said } = await gpg(home, ['--show-keys', '--with-colons', '--', file])
  const keys = parseKeys(stdout)
  if (keys.length === 0)
    throw new BoxhoundError('E_KEYS', `no public key at ${address}`, {
      expected: 'an OpenPGP key, armored or binary',
      found: `${JSON.stringify(Buffer.from(content.subarray(0, 60)).toString('latin1'))} (${said})`,
      next: 'open the address in a browser: a proxy may have answered instead',
    })
  if (!keys.some(({ fingerprint }) => wanted.includes(fingerprint)))
    throw new BoxhoundError('E_KEYS', `${address} has a key that this box does not list`, {
      expected: `one of ${wanted.join(', ')}`,
      found: keys.map(({ fingerprint }) => fingerprint).join(', '),
      next: rotated,
    })
  return keys
}

/**
 * Builds the keyring that verifies a repository's signatures: from the downloaded files, only the keys whose full
 * fingerprints are listed and that can sign today.
 *
 * @param wanted full fingerprints of primary keys, 40 upper-case hexadecimal digits each.
 * @param scratch folder for gpg's files: the run's own, which the next run cleans up if this one is killed (fault 26).
 * @throws BoxhoundError E_KEYS if an address has none of the listed keys, or no listed key is valid any more; E_GPG
 *   (exit code 3).
 */
export const makeKeyring = async (
  deliveries: readonly Delivery[],
  wanted: readonly string[],
  scratch: string,
): Promise<Keyring> => {
  await mkdir(scratch, { recursive: true })
  const home = await mkdtemp(join(scratch, 'keys-'))
  return withCleanup(
    () => rm(home, { recursive: true, force: true }),
    async () => {
      const notes: string[] = []
      const files = deliveries.map((_, index) => join(home, `key-${index}`))
      for (const [index, delivery] of deliveries.entries()) {
        const keys = await keysOf(delivery, files[index] ?? '', home, wanted)
        for (const { fingerprint } of keys)
          if (!wanted.includes(fingerprint))
            notes.push(`${delivery.address} also has the key ${fingerprint}, which is not listed: ignored`)
      }
      await gpg(home, ['--import', '--', ...files])
      // Listed after the import: a revocation in one of the files applies to the key in all of them.
      const merged = parseKeys(await gpgStrictly(home, ['--list-keys', '--with-colons']))
      const good: string[] = []
      for (const fingerprint of wanted) {
        const key = merged.find((one) => one.fingerprint === fingerprint)
        const why = key === undefined ? 'was not found at any address' : fault(key)
        if (why === undefined) good.push(fingerprint)
        else notes.push(`the listed key ${fingerprint} ${why}: omitted from the keyring`)
      }
      if (good.length === 0)
        throw new BoxhoundError('E_KEYS', 'none of the listed keys is valid any more', {
          expected: 'a key that can sign today',
          found: notes.join('; '),
          next: `check this machine's clock (${day(Date.now() / 1000)}); ${rotated}`,
        })
      const exported: Buffer[] = []
      for (const fingerprint of good) exported.push(await gpgStrictly(home, ['--export', '--', fingerprint]))
      return { content: Buffer.concat(exported), notes }
    },
  )
}
