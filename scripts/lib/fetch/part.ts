// Partial downloads that survive a run.

import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { writeAtomic } from '../_helpers/atomic.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { formatBytes } from '../_helpers/format.ts'
import { type Hasher, startHasher } from './hasher.ts'

/**
 * What is needed to resume a part: where it comes from, and how to tell from the server whether the file is still the
 * same.
 */
const noteSchema = z.object({
  url: z.string(),
  /** A strong ETag or a Last-Modified date, for If-Range. */
  validator: z.string().optional(),
  total: z.number().optional(),
})
export type Note = z.infer<typeof noteSchema>

/**
 * An unfinished download: a growing file, its running SHA-256, and the note beside it. It survives the run, even a
 * SIGKILL.
 */
export interface Part {
  readonly path: string
  /** Number of bytes downloaded so far. */
  readonly bytes: () => number
  readonly note: () => Note | undefined
  /** Number of bytes at the beginning that were left by an earlier run. */
  readonly inherited: () => number
  readonly append: (chunk: Uint8Array) => void
  /** Truncates it for a download that starts over. */
  readonly restart: (note: Note) => Promise<void>
  readonly digest: () => Promise<string>
  /** Ends the thread and closes the file, which stays on disk. */
  readonly close: () => Promise<void>
  /** Closes and removes it. */
  readonly drop: () => Promise<void>
}

export const partPath = (folder: string, sha256: string): string => join(folder, `.part-${sha256}`)

const notePath = (part: string): string => `${part}.json`

const readNote = async (path: string): Promise<Note | undefined> => {
  try {
    return noteSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined // missing, or damaged by a power failure
  }
}

/** Whether the error means that a disk, quota or file size limit is exhausted. */
export const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(error.code))

/** The error for a disk without enough space for the rest. */
export const diskFull = (path: string, needed: number | undefined, free: number | undefined): BoxhoundError =>
  new BoxhoundError('E_DISK_FULL', 'not enough disk space for the image', {
    file: path,
    expected: needed === undefined ? 'space for the whole file' : `${formatBytes(needed)} free`,
    found: free === undefined ? 'no space left' : `${formatBytes(free)} free`,
    next: 'free some space (npm run cache -- prune removes old layers), or move the store with BOXHOUND_CACHE',
  })

/** How many bytes to write before notifying the hashing thread: a message costs more than hashing a few kilobytes. */
const stride = 1 << 20

const remove = async (path: string): Promise<void> => {
  await rm(notePath(path), { force: true })
  await rm(path, { force: true })
}

/**
 * Opens an image's part, or creates one. The caller must hold the image's lock.
 *
 * @param url where to download the rest. Data from another address is dropped, since no server could tell whether it is
 *   the same file.
 */
export const openPart = async (folder: string, sha256: string, url: string): Promise<Part> => {
  const path = partPath(folder, sha256)
  const left = await readNote(notePath(path))
  let note = left?.url === url ? left : undefined
  const file = openSync(path, 'a+', 0o644)
  if (note === undefined) ftruncateSync(file, 0)
  let bytes = fstatSync(file).size
  let inherited = bytes
  let told = 0
  const hasher: Hasher = startHasher(path)
  const tell = (): void => {
    hasher.advance(bytes)
    told = bytes
  }
  if (bytes > 0) tell()
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= hasher.close().finally(() => closeSync(file))
    return closed
  }
  return {
    path,
    bytes: () => bytes,
    note: () => note,
    inherited: () => inherited,
    append: (chunk) => {
      // Written synchronously, while the chunk is in the processor's cache: through the thread pool a download takes a
      // third more processor time.
      for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at)
      bytes += chunk.length
      if (bytes - told >= stride) tell()
    },
    restart: async (fresh) => {
      ftruncateSync(file, 0)
      bytes = 0
      inherited = 0
      told = 0
      hasher.restart()
      note = fresh
      await writeAtomic(notePath(path), JSON.stringify(fresh))
    },
    digest: () => {
      tell()
      return hasher.digest()
    },
    close,
    drop: async () => {
      await close()
      await remove(path)
    },
  }
}
