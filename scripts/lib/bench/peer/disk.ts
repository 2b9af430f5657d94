// Makes the disk that peers start from.

import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cleanEnvironment } from '../../_helpers/environment.ts'
import { sha256File } from '../../_helpers/hash.ts'
import type { Bench } from '../measurement.ts'
import { runTimed } from '../timed.ts'

/** A disk that a peer starts from, and the SSH key for a machine booted from it. */
export interface PeerDisk {
  readonly path: string
  readonly sha256: string
  readonly key: string
  /** Its Ed25519 host key, as a line of a public key file. */
  readonly hostKey: string
}

/** A key pair without a passphrase, removed after the run. */
const makeKey = async (folder: string): Promise<string> => {
  const key = join(folder, 'key')
  const words = ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'bench', '-f', key] as const
  await runTimed({ words: [...words], cwd: folder, environment: cleanEnvironment() }, join(folder, 'key.log'))
  return key
}

/**
 * One of boxhound's layers as a disk that accepts an SSH key; packer/bench/disk.sh says what is changed in it.
 *
 * @param layer path of the layer's overlay.
 */
export const makePeerDisk = async ({ project, work }: Bench, name: string, layer: string): Promise<PeerDisk> => {
  const folder = join(work, 'disks', name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const key = await makeKey(folder)
  const path = join(folder, `${name}.qcow2`)
  const script = join(project.tool, 'packer/bench/disk.sh')
  await runTimed(
    { words: ['bash', script, layer, `${key}.pub`, path], cwd: folder, environment: cleanEnvironment() },
    join(folder, 'disk.log'),
  )
  const hostKey = (await readFile(`${path}.host-key.pub`, 'utf8')).trim()
  return { path, sha256: await sha256File(path), key, hostKey }
}
