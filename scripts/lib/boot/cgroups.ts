// Removes a container's control groups.

import { readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sha256 } from '../_helpers/hash.ts'

/** Where systemd's control groups are: the unified hierarchy, and on hybrid machines systemd's named hierarchy too. */
const roots = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd']

/**
 * The control group of the container with this folder; derived from the path, so that it can be found after a killed
 * run.
 */
export const cgroupOf = (folder: string): string => `boxhound-${sha256(folder).slice(0, 16)}`

/** True if the whole group is gone; it can't be removed while it contains a process. */
const removeTree = async (path: string): Promise<boolean> => {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(path, entry.name))
  return rmdir(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT' || error.code === 'ENOTDIR',
  )
}

/**
 * Removes a container's control groups, waiting for processes that are just ending. This includes what reap.sh would
 * otherwise remove a moment later, so that nothing is left when this returns.
 *
 * @returns false if a process is still in there after `seconds`.
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
