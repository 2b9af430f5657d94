// Validates the caller's private key before starting anything.

import ssh2 from 'ssh2'
import { BoxhoundError } from '../_helpers/errors.ts'
import { readPlain } from '../_helpers/plain-file.ts'

/** A private key is a few KiB; anything larger is something else. */
const maximumBytes = 64 * 1024

const copy = (file: string): string =>
  `cp ${file} COPY && ssh-keygen -p -N '' -f COPY, then --key COPY; or a key without a passphrase that is made for this`

/** Why a text is not a usable private key; undefined if it is one. */
const reasonFor = (file: string, text: string): { found: string; next: string } | undefined => {
  if (/^(?:ssh-|ecdsa-|sk-)\S+ AAAA|-----BEGIN (?:[A-Z0-9]+ )*PUBLIC KEY-----|---- BEGIN SSH2 PUBLIC KEY/m.test(text)) {
    if (!/PRIVATE KEY/.test(text))
      return {
        found: 'a public key',
        next: file.endsWith('.pub') ? `--key ${file.slice(0, -4)}` : 'give the matching private key',
      }
  }
  const parsed = ssh2.utils.parseKey(text)
  const message = parsed instanceof Error ? parsed.message : ''
  if (/passphrase|[Ee]ncrypted/.test(message) || /-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(text))
    return { found: 'a private key that is protected by a passphrase', next: copy(file) }
  if (!(parsed instanceof Error) && parsed.isPrivateKey()) return undefined
  return /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----|^PuTTY-User-Key-File/m.test(text)
    ? {
        found: `an unreadable private key: ${message}`,
        next: 'check that the file is complete; ssh-keygen -y -f FILE must print its public key',
      }
    : { found: 'no private key', next: 'give the file of a private key, such as ~/.ssh/id_ed25519' }
}

/**
 * Checks that a file contains a usable private key, before anything is started.
 *
 * @throws BoxhoundError E_SSH_KEY (exit code 2) with the reason: missing, a public key, protected by a passphrase, or
 *   no key at all.
 */
export const assertPrivateKey = (file: string): void => {
  const fail = (found: string, next: string, cause?: unknown): BoxhoundError =>
    new BoxhoundError('E_SSH_KEY', 'not a usable private key', {
      file,
      exitCode: 2,
      expected: 'a private key without a passphrase',
      found,
      next,
      ...(cause === undefined ? {} : { cause }),
    })
  let content: Buffer
  try {
    content = readPlain(file, { source: file, maximum: maximumBytes, follow: true }).content
  } catch (cause) {
    if (cause instanceof BoxhoundError)
      throw fail(cause.details.found ?? cause.message, 'give the file of a private key', cause)
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const found = { ENOENT: 'no such file', EISDIR: 'a folder', EACCES: 'a file that you may not read' }[code] ?? code
    throw fail(found, 'check the path after --key', cause)
  }
  const reason = reasonFor(file, content.toString('utf8'))
  if (reason !== undefined) throw fail(reason.found, reason.next)
}
