// Reads the user's regular files, and nothing else.

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { BoxhoundError } from './errors.ts'
import { assertNameUtf8 } from './utf8.ts'

/** The largest file that a box may include, and the most entries in one folder. */
export const largest = 64 << 20
const most = 20_000

/** What a path points to, for messages. */
export const kindOfFile = (found: Stats): string => {
  if (found.isSymbolicLink()) return 'a symbolic link'
  if (found.isDirectory()) return 'a folder'
  if (found.isFIFO()) return 'a named pipe'
  if (found.isSocket()) return 'a socket'
  return found.isFile() ? 'a file' : 'a device'
}

const refuse = (source: string, message: string, expected: string, found: string, next: string): BoxhoundError =>
  new BoxhoundError('E_FILE', message, { file: source, expected, found, next, exitCode: 2 })

const assertFile = (found: Stats, source: string, maximum: number): void => {
  if (!found.isFile())
    throw refuse(
      source,
      'not a regular file',
      'a file',
      kindOfFile(found),
      'put a copy of the file there, or remove it',
    )
  if (found.size > maximum)
    throw refuse(
      source,
      'too large for a file of a box',
      `at most ${maximum} bytes`,
      `${found.size} bytes`,
      'let a layer fetch it, or keep it out of the folder',
    )
}

interface ReadOptions {
  /** How errors name it. */
  readonly source: string
  /** In bytes. */
  readonly maximum?: number
  /** Whether it may be a link, as system files often are. */
  readonly follow?: boolean
}

/** Reads up to the size that the file had when opened, even if it grows meanwhile. */
const contentOf = (file: number, bytes: number): Buffer => {
  const content = Buffer.allocUnsafe(bytes)
  let length = 0
  for (let read = -1; read !== 0 && length < bytes; length += read)
    read = readSync(file, content, length, bytes - length, length)
  return content.subarray(0, length)
}

/**
 * Reads a regular file, but no link, no pipe without a writer, no device and nothing above the size limit.
 *
 * @throws BoxhoundError E_FILE, exit code 2, naming the file; the system's error when it is missing or unreadable.
 */
export const readPlain = (
  path: string,
  { source, maximum = largest, follow = false }: ReadOptions,
): { readonly content: Buffer; readonly executable: boolean } => {
  // Checked before opening, since opening a device can have side effects, and again afterwards, since it may have been replaced.
  if (!follow) assertFile(lstatSync(path), source, maximum)
  const { O_RDONLY, O_NONBLOCK, O_NOCTTY, O_NOFOLLOW } = constants
  const file = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | (follow ? 0 : O_NOFOLLOW))
  try {
    const found = fstatSync(file)
    assertFile(found, source, maximum)
    return { content: contentOf(file, found.size), executable: (found.mode & 0o100) !== 0 }
  } finally {
    closeSync(file)
  }
}

/** Files that tools leave beside sources; never included in a box. */
const leftovers = /^(?:\..+|__pycache__|node_modules)$|\.pyc$|~$|\.swp$/

/**
 * Checks that a folder used by a box holds only files and folders, all the way down, whether or not they are read: a link could mean
 * something else on each machine.
 *
 * @param source how errors name the folder.
 * @throws BoxhoundError E_FILE, exit code 2, naming the entry.
 */
export const assertPlainFolder = (folder: string, source: string): void => {
  let count = 0
  const visit = (path: string, name: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (leftovers.test(entry.name)) continue
      assertNameUtf8(name, entry.name)
      count += 1
      if (count > most)
        throw refuse(
          source,
          'too many files in a folder of a box',
          `at most ${most}`,
          'more',
          'move the others elsewhere',
        )
      const [below, belowName] = [join(path, entry.name), `${name}/${entry.name}`]
      if (entry.isDirectory()) visit(below, belowName)
      else assertFile(lstatSync(below), belowName, largest)
    }
  }
  if (existsSync(folder)) visit(folder, source)
}

/** The end of a file as text; all of a short one. Never reads a log whole that a guest has filled. */
export const readTail = async (path: string, bytes = 1 << 20): Promise<string> => {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const buffer = Buffer.alloc(Math.min(size, bytes))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, Math.max(0, size - bytes))
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
