// Atomic file writes.

import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { withoutInterruption } from './cleanup.ts'
import { isRunning, ownName, ownPlace } from './holder.ts'

/** Flushes a file or folder to the disk. */
export const syncPath = async (path: string): Promise<void> => {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A name in the same folder as `path`, so that a rename stays on one file system: `.tmp-PID-START-PLACE-RANDOM`. */
export const temporaryName = (path: string): string =>
  join(dirname(path), `.tmp-${ownName()}-${randomBytes(4).toString('hex')}`)

/** Longer than any write takes. */
const day = 86_400_000

/** Whether a temporary file is abandoned: its process has ended or, if that runs elsewhere, the file is a day old. */
const isAbandoned = async (path: string, pid: number, started: string, place = ownPlace()): Promise<boolean> => {
  if (place === ownPlace()) return !isRunning(pid, started)
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && Math.abs(Date.now() - found.mtimeMs) > day
}

/** Removes files that killed processes left half-written in a folder (fault 26), but none of a running process. */
export const clearTemporary = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, pid, started, place] = /^\.tmp-(\d+)-(\d+)-(?:([0-9a-f]{8})-)?/.exec(name) ?? []
    if (pid === undefined || started === undefined) continue
    const path = join(folder, name)
    if (await isAbandoned(path, Number(pid), started, place)) await rm(path, { recursive: true, force: true })
  }
}

/**
 * Renames a finished file to its final name: syncs it before and its folder after; the old file stays until then (fault 30).
 *
 * @param temporary from `temporaryName(path)`.
 */
export const publishFile = async (temporary: string, path: string): Promise<void> => {
  await syncPath(temporary)
  await rename(temporary, path)
  await syncPath(dirname(path))
}

/**
 * `writeAtomic` for work that signals already wait for by other means: unlike guarded work, this still returns after a signal.
 */
export const writeUnguarded = async (path: string, content: string | Uint8Array, mode = 0o644): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  const temporary = temporaryName(path)
  try {
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.writeFile(content)
      await handle.chmod(mode) // not left to the umask
    } finally {
      await handle.close()
    }
    await publishFile(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Writes a file atomically and creates its folder. Signals wait for it. */
export const writeAtomic = (path: string, content: string | Uint8Array, mode = 0o644): Promise<void> =>
  withoutInterruption(() => writeUnguarded(path, content, mode))
