// Requirements for baking.

import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'

/** Programs that verbs start, and the Debian package of each. */
const programs = {
  packer: 'packer',
  'qemu-img': 'qemu-utils',
  'qemu-storage-daemon': 'qemu-system-common',
  mmdebstrap: 'mmdebstrap',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  python3: 'python3',
  gpg: 'gpg',
  debugfs: 'e2fsprogs',
} as const satisfies Readonly<Record<string, string>>
type Program = keyof typeof programs

const sandbox: readonly Program[] = ['unshare', 'setpriv']

/** What each verb starts. Only a bake mounts file systems; the others need root for sandboxes that die with them. */
const needs = {
  bake: ['packer', 'qemu-img', 'qemu-storage-daemon', 'mmdebstrap', ...sandbox, 'python3', 'gpg'],
  package: ['qemu-img', 'qemu-storage-daemon', ...sandbox, 'debugfs'],
  provision: [...sandbox, 'python3', 'gpg'],
} as const satisfies Readonly<Record<string, readonly Program[]>>
export type RootVerb = keyof typeof needs

const onPath = (name: string, path: string): boolean =>
  path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

const requirePrograms = (verb: RootVerb, path: string, who: string): void => {
  const wanted: readonly Program[] = needs[verb]
  const lacking = wanted.filter((name) => !onPath(name, `${path}${delimiter}/usr/sbin${delimiter}/sbin`))
  if (lacking.length > 0)
    throw new BoxhoundError('E_MISSING_PROGRAM', `this machine lacks programs that ${who} needs`, {
      exitCode: 3,
      expected: wanted.join(', '),
      found: `no ${lacking.join(', no ')}`,
      next: `npm run setup   (or: apt-get install ${[...new Set(lacking.map((name) => programs[name]))].join(' ')})`,
    })
}

const requireDevice = (device: string, who: string): void => {
  try {
    accessSync(device, constants.R_OK | constants.W_OK)
  } catch {
    throw new BoxhoundError('E_MISSING_DEVICE', `${who} needs ${device}`, {
      exitCode: 3,
      file: device,
      next: `modprobe ${device === '/dev/fuse' ? 'fuse' : 'loop'}, or give the container that device`,
    })
  }
}

/**
 * Checks that this machine meets a verb's requirements, and that the caller has the privileges.
 *
 * @param who what needs it, for the message.
 * @throws BoxhoundError with exit code 3 when not.
 */
export const requireFor = (verb: RootVerb, path = process.env.PATH ?? '', who = `npm run ${verb}`): void => {
  requirePrograms(verb, path, who)
  if (process.getuid?.() !== 0)
    throw new BoxhoundError('E_NOT_ROOT', `${who} needs root`, {
      exitCode: 3,
      expected: 'user 0',
      found: `user ${process.getuid?.() ?? 'unknown'}`,
      next: `sudo -E npm run ${verb}`,
    })
  if (verb !== 'provision') requireDevice('/dev/fuse', who)
  if (verb === 'bake') requireDevice('/dev/loop-control', who)
}
