// Writes known_hosts from a fingerprint.

import { writeFile } from 'node:fs/promises'
import { BoxhoundError } from '../_helpers/errors.ts'
import { fingerprintOf } from '../_helpers/host-key.ts'
import { $ } from '../_helpers/shell.ts'

/** The scanned lines whose key has this fingerprint, without comments and other keys. */
export const matchingLines = (scan: string, hostKey: string): string[] =>
  scan.split('\n').filter((line) => {
    const key = line.startsWith('#') ? undefined : line.split(' ')[2]
    return key !== undefined && fingerprintOf(Buffer.from(key, 'base64')) === hostKey
  })

// One key type per connection, the most likely first. sshd treats several connections without a login as an attack and
// refuses further ones, so a scan for all types at once may miss the expected key. The second attempt for ed25519 comes
// after such a refusal has passed.
const keyTypes = ['ed25519', 'ecdsa', 'rsa', 'ed25519']

/**
 * Writes a known_hosts file with the key that the machine printed on its console, so that ssh(1) accepts no other.
 *
 * @throws E_HOST_KEY if the server presents another key.
 */
export const writeKnownHosts = async (file: string, port: number, hostKey: string): Promise<void> => {
  let found = 'no key'
  for (const type of keyTypes) {
    const scan = await $({ quiet: true, nothrow: true })`ssh-keyscan -T 30 -t ${type} -p ${port} 127.0.0.1`
    const lines = matchingLines(scan.stdout, hostKey)
    if (lines.length > 0) return writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 })
    found = scan.stdout.trim() || found
  }
  throw new BoxhoundError('E_HOST_KEY', 'the machine’s SSH host key differs from the one on its console', {
    expected: hostKey,
    found,
  })
}
