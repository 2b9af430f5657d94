import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Flushes a file or folder to the disk. */
export const syncPath = async (path: string): Promise<void> => {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A name in the same folder as `path`, so that a rename stays on one file system; starts with `.tmp-`. */
export const temporaryName = (path: string): string =>
  join(dirname(path), `.tmp-${process.pid}-${randomBytes(4).toString('hex')}`)

/**
 * Gives a finished file its final name: synced before, its folder synced after, the old file kept until then (fault 30).
 *
 * @param temporary from `temporaryName(path)`.
 */
export const publishFile = async (temporary: string, path: string): Promise<void> => {
  await syncPath(temporary)
  await rename(temporary, path)
  await syncPath(dirname(path))
}

/** Writes a whole file or nothing; makes its folder. */
export const writeAtomic = async (path: string, content: string | Uint8Array, mode = 0o644): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  const temporary = temporaryName(path)
  try {
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.writeFile(content)
    } finally {
      await handle.close()
    }
    await publishFile(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
