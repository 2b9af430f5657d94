import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'

/** Programs that the chroot builder starts, and the Debian package of each. */
const programs: Readonly<Record<string, string>> = {
  packer: 'packer',
  'qemu-img': 'qemu-utils',
  'qemu-storage-daemon': 'qemu-system-common',
  mmdebstrap: 'mmdebstrap',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  python3: 'python3',
  gpg: 'gpg',
}

const onPath = (name: string, path: string): boolean =>
  path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** @throws BoxhoundError with exit code 3 when this machine lacks what the chroot builder needs. */
export const requireChrootBuilder = (path = process.env.PATH ?? ''): void => {
  const lacking = Object.keys(programs).filter((name) => !onPath(name, `${path}${delimiter}/usr/sbin${delimiter}/sbin`))
  if (lacking.length > 0)
    throw new BoxhoundError('E_MISSING_PROGRAM', 'this machine lacks programs that a bake needs', {
      exitCode: 3,
      expected: Object.keys(programs).join(', '),
      found: `no ${lacking.join(', no ')}`,
      next: `npm run setup   (or: apt-get install ${[...new Set(lacking.map((name) => programs[name]))].join(' ')})`,
    })
  if (process.getuid?.() !== 0)
    throw new BoxhoundError('E_NOT_ROOT', 'the chroot builder mounts file systems and needs root', {
      exitCode: 3,
      expected: 'user 0',
      found: `user ${process.getuid?.() ?? 'unknown'}`,
      next: 'sudo -E npm run bake',
    })
  for (const device of ['/dev/fuse', '/dev/loop-control'])
    try {
      accessSync(device, constants.R_OK | constants.W_OK)
    } catch {
      throw new BoxhoundError('E_MISSING_DEVICE', `the chroot builder needs ${device}`, {
        exitCode: 3,
        file: device,
        next:
          device === '/dev/fuse'
            ? 'modprobe fuse, or give the container that device'
            : 'modprobe loop, or give the container that device',
      })
    }
}
