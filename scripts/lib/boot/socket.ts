// Short socket paths.

import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'

/**
 * Where QMP listens. A unix socket's path has room for 107 bytes, so a deep folder gets a folder below the temporary one instead, the same one
 * each time it is asked for.
 */
export const socketPath = (folder: string): string => {
  const path = join(folder, 'qmp.sock')
  const short = `boxhound-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
  return Buffer.byteLength(path) <= 100 ? path : join(tmpdir(), short, 'qmp.sock')
}

/**
 * Makes the socket's folder, 0700: whoever reaches the socket is root in the guest. Anybody may have made one of this name in a temporary folder.
 *
 * @throws BoxhoundError E_SOCKET_FOLDER (exit code 3) when it is not this user's own.
 */
export const makeSocketFolder = async (socket: string): Promise<void> => {
  const folder = dirname(socket)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const found = await lstat(folder)
  if (found.isDirectory() && found.uid === process.getuid?.()) return chmod(folder, 0o700)
  throw new BoxhoundError('E_SOCKET_FOLDER', 'the folder for QEMU’s monitor is somebody else’s', {
    file: folder,
    expected: 'a folder of this user',
    found: found.isDirectory() ? `a folder of user ${found.uid}` : 'no folder',
    next: 'remove it, or set TMPDIR to another folder',
    exitCode: 3,
  })
}

/** What a machine's folder has outside of it, or its socket: to be removed with it, whole. */
export const socketRemains = (folder: string): string => {
  const path = socketPath(folder)
  return dirname(path) === folder ? path : dirname(path)
}
