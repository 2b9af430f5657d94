import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Where QMP listens. A unix socket's path has room for 107 bytes, so a deep folder gets a name under the temporary
 * folder instead, the same one each time it is asked for.
 */
export const socketPath = (folder: string): string => {
  const path = join(folder, 'qmp.sock')
  const short = `boxhound-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.sock`
  return Buffer.byteLength(path) <= 100 ? path : join(tmpdir(), short)
}
