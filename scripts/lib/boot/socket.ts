// Short socket paths.

import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'

/**
 * Path of the QMP socket. Unix socket paths are limited to 107 bytes, so a deep folder is replaced by a folder below
 * the temporary one; its name is always the same for the same folder.
 */
export const socketPath = (folder: string): string => {
  const path = join(folder, 'qmp.sock')
  const short = `boxhound-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
  return Buffer.byteLength(path) <= 100 ? path : join(tmpdir(), short, 'qmp.sock')
}

/**
 * Creates the socket's folder with 0700, since anyone who can connect to the socket is root in the guest. In a
 * temporary folder, someone else may have created one with this name.
 *
 * @throws BoxhoundError E_SOCKET_FOLDER (exit code 3) if it belongs to another user.
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

/** What a machine's folder has outside of it, or else its socket; to be removed with it, recursively. */
export const socketRemains = (folder: string): string => {
  const path = socketPath(folder)
  return dirname(path) === folder ? path : dirname(path)
}
