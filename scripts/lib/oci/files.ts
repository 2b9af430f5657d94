// The files of an image layout: a folder, or an archive of one.

import { createHash } from 'node:crypto'
import { createReadStream, lstatSync } from 'node:fs'
import { join } from 'node:path'
import { kindOfFile, readPlain } from '../_helpers/plain-file.ts'
import { limits } from './documents.ts'
import { badImage, type Origin } from './fault.ts'
import { readTar, type TarEntry } from './tar-reader.ts'

/** Files of a layout by their names, such as `index.json`. Nothing but regular files of bounded size is read. */
export interface LayoutFiles {
  /** Undefined if there is none. */
  readonly read: (name: string) => Promise<Buffer | undefined>
  /** Size and SHA-256 of a file; undefined if there is none. Its content is read only if the size is right. */
  readonly digest: (
    name: string,
    bytes: number,
  ) => Promise<{ readonly bytes: number; readonly sha256?: string } | undefined>
}

const hashOf = async (path: string, start: number, bytes: number): Promise<string> => {
  const hash = createHash('sha256')
  if (bytes > 0)
    for await (const chunk of createReadStream(path, { start, end: start + bytes - 1, highWaterMark: 1 << 20 }))
      hash.update(chunk)
  return hash.digest('hex')
}

const tooLarge = (name: string, bytes: number, origin: Origin) =>
  badImage(origin, `${name} is too large`, `at most ${limits.document} bytes`, `${bytes} bytes`)

/** The files of a layout in a folder. Links are refused: they could lead out of it. */
export const folderFiles = (folder: string, origin: Origin): LayoutFiles => {
  const sizeOf = (name: string): number | undefined => {
    // A folder on the way could be a link as well.
    const parts = name.split('/')
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const found = lstatSync(join(folder, ...parts.slice(0, depth)), { throwIfNoEntry: false })
      if (found === undefined) return undefined
      const isLast = depth === parts.length
      if (isLast ? !found.isFile() : !found.isDirectory())
        throw badImage(
          origin,
          `${parts.slice(0, depth).join('/')} cannot be used`,
          isLast ? 'a file' : 'a folder',
          kindOfFile(found),
        )
      if (isLast) return found.size
    }
    return undefined
  }
  return {
    read: async (name) => {
      const bytes = sizeOf(name)
      if (bytes === undefined) return undefined
      if (bytes > limits.document) throw tooLarge(name, bytes, origin)
      return readPlain(join(folder, name), { source: `${origin.name}: ${name}`, maximum: limits.document }).content
    },
    digest: async (name, bytes) => {
      const found = sizeOf(name)
      if (found === undefined) return undefined
      return found === bytes ? { bytes, sha256: await hashOf(join(folder, name), 0, bytes) } : { bytes: found }
    },
  }
}

/** The files of a layout in a tar archive, read in place. */
export const archiveFiles = async (path: string, origin: Origin): Promise<LayoutFiles> => {
  const files = new Map<string, TarEntry>()
  for (const entry of await readTar(path, origin)) {
    if (entry.type === 'folder') continue
    if (entry.type !== 'file')
      throw badImage(
        origin,
        'the archive holds more than files',
        'files and folders',
        `${entry.type} ${entry.path}`.slice(0, 100),
      )
    if (files.has(entry.path))
      throw badImage(origin, 'a file is twice in the archive', 'each file once', entry.path.slice(0, 100))
    files.set(entry.path, entry)
  }
  return {
    read: async (name) => {
      const entry = files.get(name)
      if (entry === undefined) return undefined
      if (entry.bytes > limits.document) throw tooLarge(name, entry.bytes, origin)
      const chunks: Buffer[] = []
      if (entry.bytes > 0)
        for await (const chunk of createReadStream(path, { start: entry.offset, end: entry.offset + entry.bytes - 1 }))
          chunks.push(chunk)
      return Buffer.concat(chunks)
    },
    digest: async (name, bytes) => {
      const entry = files.get(name)
      if (entry === undefined) return undefined
      return entry.bytes === bytes ? { bytes, sha256: await hashOf(path, entry.offset, bytes) } : { bytes: entry.bytes }
    },
  }
}
