// Writes known_hosts from a fingerprint.

import { writeFile } from 'node:fs/promises'
import { BoxhoundError } from '../_helpers/errors.ts'
import { fingerprintOf } from '../_helpers/host-key.ts'
import { $ } from '../_helpers/shell.ts'

/** The scanned lines whose key has this fingerprint; comments and other keys are left out. */
export const matchingLines = (scan: string, hostKey: string): string[] =>
  scan.split('\n').filter((line) => {
    const key = line.startsWith('#') ? undefined : line.split(' ')[2]
    return key !== undefined && fingerprintOf(Buffer.from(key, 'base64')) === hostKey
  })

// One type in a connection, the likeliest first: sshd takes several connections without a login for an attack and refuses the next ones, so a
// scan for all types at once may miss the very key that was told. The second try for ed25519 outlives such a refusal.
const keyTypes = ['ed25519', 'ecdsa', 'rsa', 'ed25519']

/**
 * Writes a known_hosts file with the one key that the machine told on its console, so that ssh(1) accepts no other.
 *
 * @throws E_HOST_KEY when the server shows another key.
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
