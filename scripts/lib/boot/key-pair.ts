// Generates the caller's key pair.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from '../_helpers/shell.ts'

/** Files of a key pair; `publicKey` is the line for authorized_keys. */
export interface KeyPair {
  readonly file: string
  readonly publicKey: string
}

/**
 * Creates an Ed25519 key pair for one machine in `folder` (0700). It has no passphrase, since it lives only as long as
 * the machine.
 */
export const createKeyPair = async (folder: string): Promise<KeyPair> => {
  const file = join(folder, 'id_ed25519')
  await $({ quiet: true })`ssh-keygen -q -t ed25519 -N ${''} -C boxhound -f ${file}`
  return { file, publicKey: (await readFile(`${file}.pub`, 'utf8')).trim() }
}
