// Removes a container's control groups.

import { readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sha256 } from '../_helpers/hash.ts'

/** Where systemd's control groups are: the unified hierarchy, and on hybrid machines its named one besides. */
const roots = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd']

/** The control group of the container whose folder this is; the name finds it again after a killed run. */
export const cgroupOf = (folder: string): string => `boxhound-${sha256(folder).slice(0, 16)}`

/** True when the whole group is gone: it cannot go while a process is in it. */
const removeTree = async (path: string): Promise<boolean> => {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(path, entry.name))
  return rmdir(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT' || error.code === 'ENOTDIR',
  )
}

/**
 * Removes a container's control groups, waiting for processes that are just ending. What a container leaves for the moment between its end and
 * reap.sh is removed here as well, so that nothing is left when this returns.
 *
 * @returns false when a process still lives in there after `seconds`.
 */
export const removeCgroups = async (name: string, seconds = 3): Promise<boolean> => {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const gone = await Promise.all(roots.map((root) => removeTree(join(root, name))))
    if (gone.every(Boolean)) return true
    if (Date.now() > end) return false
    await sleep(10)
  }
}
