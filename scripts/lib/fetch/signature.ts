// Verifies a detached OpenPGP signature by gpgv's status lines.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { outcomeOf } from '../_helpers/child.ts'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError, isErrno } from '../_helpers/errors.ts'

/** The required signer. */
export interface Signer {
  /** Path of a binary keyring with public keys. */
  readonly keyring: string
  /** Full fingerprint of the primary key, 40 upper-case hexadecimal digits. */
  readonly fingerprint: string
}

/** One signature in gpgv's status lines (GnuPG's doc/DETAILS). */
interface Signature {
  /** GOODSIG, BADSIG, EXPSIG, EXPKEYSIG, REVKEYSIG, ERRSIG. */
  verdict?: string
  /** Key id or fingerprint that the signature claims. */
  key?: string
  /** From VALIDSIG: the primary key's full fingerprint, time of signing, OpenPGP's number of the digest. */
  primary?: string
  signed?: number
  digest?: number
}

const verdicts = ['GOODSIG', 'BADSIG', 'EXPSIG', 'EXPKEYSIG', 'REVKEYSIG', 'ERRSIG']

/**
 * SHA-256, -384, -512, -224 (RFC 9580, 9.5) and SHA-3. With SHA-1 or MD5, two files with the same digest can be
 * constructed.
 */
const strongDigests = [8, 9, 10, 11, 12, 14]

/** Each signature begins with NEWSIG. */
const parseStatus = (status: string): Signature[] => {
  const signatures: Signature[] = []
  for (const line of status.split('\n')) {
    const [, word = '', rest = ''] = /^\[GNUPG:\] (\S+) ?(.*)$/.exec(line.trimEnd()) ?? []
    if (word === 'NEWSIG') signatures.push({})
    const last = signatures.at(-1)
    if (last === undefined) continue
    const fields = rest.split(' ')
    if (verdicts.includes(word)) Object.assign(last, { verdict: word, key: fields[0] })
    if (word === 'VALIDSIG')
      Object.assign(last, { primary: fields[9], signed: Number(fields[2]), digest: Number(fields[7]) })
  }
  return signatures
}

const explained: Readonly<Record<string, string>> = {
  BADSIG: 'the file is not what was signed',
  EXPSIG: 'the signature has expired',
  EXPKEYSIG: 'the key has expired',
  REVKEYSIG: 'the key was revoked by its owner',
  ERRSIG: 'it was made by a key that the keyring does not hold',
  GOODSIG: 'it was made by another key',
}

const nextSteps: Readonly<Record<string, string>> = {
  BADSIG: 'try again: the publisher may be at it; if it stays so, somebody has changed the file',
  EXPKEYSIG:
    'get the publisher’s renewed key into the keyring, after comparing its fingerprint with one from elsewhere',
  REVKEYSIG: 'do not use the list; look up the publisher’s new key',
}

/** What is wrong with a signature; undefined if it is the required one. */
const fault = ({ verdict = '', primary, digest = 0, key }: Signature, { fingerprint }: Signer) => {
  if (verdict === 'GOODSIG' && primary === fingerprint)
    return strongDigests.includes(digest)
      ? undefined
      : { verdict, text: `it signs a digest that can be forged (OpenPGP number ${digest})` }
  return { verdict, text: `${explained[verdict] ?? 'it is unreadable'} (${primary ?? key ?? 'no key named'})` }
}

/**
 * Judges gpgv's output. A list may be signed by several keys, of which the keyring has only one; but a single signature
 * that doesn't match the file is enough to reject it.
 *
 * @returns when the required key signed, in seconds since 1970.
 */
export const judgeStatus = (status: string, signer: Signer, place: string): number => {
  const faults = []
  let signed: number | undefined
  for (const signature of parseStatus(status)) {
    const found = fault(signature, signer)
    if (found !== undefined) faults.push(found)
    else signed = signature.signed
  }
  const bad = faults.find(({ verdict }) => verdict === 'BADSIG')
  if (signed !== undefined && bad === undefined) return signed
  const worst = bad ?? faults.find(({ verdict }) => /^(EXP|REV)/.test(verdict)) ?? faults[0]
  throw new BoxhoundError('E_SIGNATURE', 'the signature of the list is not valid', {
    file: place,
    expected: `a good signature by ${signer.fingerprint}`,
    found: worst?.text ?? 'no signature',
    next: nextSteps[worst?.verdict ?? ''] ?? 'check the address, and the fingerprint in provision/systems.yaml',
  })
}

const gpgv = async (words: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> => {
  const environment = { PATH: process.env.PATH ?? '', LC_ALL: 'C' }
  const { stdout, stderr } = await outcomeOf('gpgv', words, { environment, timeout: 30_000, largest: 1 << 20 }).catch(
    (error: unknown) => {
      if (!isErrno(error, 'ENOENT')) throw error
      throw new BoxhoundError('E_GPGV', 'gpgv is not installed', {
        expected: 'the program gpgv, which checks OpenPGP signatures',
        found: 'not in PATH',
        next: 'apt-get install gpgv, or npm run setup',
        exitCode: 3,
      })
    },
  )
  return { stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') }
}

/**
 * Verifies a detached OpenPGP signature, binary or armored, against one key by its full fingerprint.
 *
 * @param place the signed file's name in errors.
 * @returns when it was signed, in seconds since 1970.
 * @throws BoxhoundError E_SIGNATURE with the kind of fault; E_KEYRING; E_GPGV (exit code 3) without gpgv.
 */
export const verifySignature = async (
  data: Uint8Array,
  signature: Uint8Array,
  signer: Signer,
  place: string,
): Promise<number> => {
  await readFile(signer.keyring).catch((cause: NodeJS.ErrnoException) => {
    throw new BoxhoundError('E_KEYRING', 'the keyring cannot be read', {
      file: signer.keyring,
      expected: 'a binary keyring with the publisher’s public key',
      found: cause.code ?? String(cause),
      next: 'check publisher.keyring in provision/systems.yaml',
      cause,
    })
  })
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-gpgv-'))
  return withCleanup(
    () => rm(folder, { recursive: true, force: true }),
    async () => {
      const [dataFile, signatureFile] = [join(folder, 'data'), join(folder, 'data.gpg')]
      await writeFile(dataFile, data)
      await writeFile(signatureFile, signature)
      // Its own home, so that the caller's keys and settings don't matter.
      const words = [
        '--homedir',
        folder,
        '--status-fd',
        '1',
        '--keyring',
        signer.keyring,
        '--',
        signatureFile,
        dataFile,
      ]
      const { stdout } = await gpgv(words)
      return judgeStatus(stdout, signer, place)
    },
  )
}
