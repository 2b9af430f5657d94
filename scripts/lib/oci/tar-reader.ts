// Lists the entries of a tar archive.

import { type FileHandle, open } from 'node:fs/promises'
import { badImage, type Origin } from './fault.ts'

const block = 512
/** Entries of an archive, and bytes of an extended header; a layout has a few dozen entries. */
const most = { entries: 100_000, header: 1 << 20 }

export interface TarEntry {
  /** Relative, without `./` before it. */
  readonly path: string
  readonly type: 'file' | 'folder' | 'symbolic link' | 'hard link' | 'device'
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly bytes: number
  /** Where its content begins. */
  readonly offset: number
}

const textOf = (field: Buffer): string => {
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end === -1 ? field.length : end)
}

/** A number in octal digits, or in base 256 with the highest bit set, as GNU tar writes large ones. */
const numberOf = (field: Buffer): number => {
  if (((field[0] ?? 0) & 0x80) !== 0) {
    let value = 0
    for (const [index, byte] of field.entries()) value = value * 256 + (index === 0 ? byte & 0x7f : byte)
    return value
  }
  const digits = field.toString('latin1').replaceAll(/[\0 ]/g, '')
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN
}

const sumOf = (header: Buffer): number => header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0)

const types: Readonly<Record<string, TarEntry['type']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hard link',
  '2': 'symbolic link',
  '3': 'device',
  '4': 'device',
  '5': 'folder',
  '6': 'device',
}

/** Records `LENGTH KEY=VALUE\n` of a pax header. */
const paxOf = (content: Buffer): Map<string, string> | undefined => {
  const records = new Map<string, string>()
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at)
    const length = Number(content.toString('latin1', at, space === -1 ? at : space))
    const record = content.toString('utf8', space + 1, at + length - 1)
    const equals = record.indexOf('=')
    if (!Number.isInteger(length) || length < 5 || at + length > content.length || equals < 1) return undefined
    records.set(record.slice(0, equals), record.slice(equals + 1))
    at += length
  }
  return records
}

const isSafe = (path: string): boolean =>
  path !== '' && !path.startsWith('/') && !path.includes('\0') && !path.split('/').includes('..')

const readAt = async (file: FileHandle, position: number, bytes: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(bytes)
  const { bytesRead } = await file.read(buffer, 0, bytes, position)
  return buffer.subarray(0, bytesRead)
}

/**
 * Lists an archive in ustar, pax or GNU format without reading the files in it.
 *
 * @throws BoxhoundError E_OCI_IMAGE for a damaged or truncated archive, and for a path that leads out of it.
 */
export const readTar = async (path: string, origin: Origin): Promise<TarEntry[]> => {
  const refuse = (found: string) => badImage(origin, 'the archive is damaged', 'a tar archive, uncompressed', found)
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const entries: TarEntry[] = []
    let longer: { path?: string; bytes?: number } = {}
    let at = 0
    for (;;) {
      const header = await readAt(file, at, block)
      // The end is two empty blocks; some writers leave out one or both.
      if (header.length === 0 || (header.length === block && header.every((byte) => byte === 0))) break
      if (header.length < block || sumOf(header) !== numberOf(header.subarray(148, 156)))
        throw refuse(`no header at byte ${at}`)
      const type = String.fromCharCode(header[156] ?? 0)
      const bytes = longer.bytes ?? numberOf(header.subarray(124, 136))
      const offset = at + block
      if (!Number.isSafeInteger(bytes) || bytes < 0 || offset + bytes > size)
        throw refuse(`an entry at byte ${at} that ends behind the end of the file`)
      at = offset + Math.ceil(bytes / block) * block
      if (type === 'x' || type === 'g' || type === 'L' || type === 'K') {
        if (bytes > most.header) throw refuse(`a header of ${bytes} bytes`)
        const content = await readAt(file, offset, bytes)
        if (type === 'L') longer.path = textOf(content)
        if (type !== 'x') continue
        const records = paxOf(content)
        if (records === undefined) throw refuse(`an extended header that cannot be read, at byte ${offset}`)
        const [name, length] = [records.get('path'), records.get('size')]
        if (name !== undefined) longer.path = name
        if (length !== undefined) longer.bytes = Number(length)
        continue
      }
      const isUstar = header.toString('latin1', 257, 262) === 'ustar' && header[262] === 0
      const prefix = isUstar ? textOf(header.subarray(345, 500)) : ''
      const own = textOf(header.subarray(0, 100))
      const whole = longer.path ?? (prefix === '' ? own : `${prefix}/${own}`)
      longer = {}
      const name = whole.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '')
      if (name === '' || name === '.') continue
      if (!isSafe(name))
        throw badImage(origin, 'a path leads out of the archive', 'relative paths without ..', whole.slice(0, 100))
      const known = types[type]
      if (known === undefined) throw refuse(`an entry of unknown type at byte ${offset - block}`)
      const [mode, uid, gid] = [
        [100, 108],
        [108, 116],
        [116, 124],
      ].map(([from, to]) => numberOf(header.subarray(from, to)))
      entries.push({
        path: name,
        type: known,
        mode: mode ?? 0,
        uid: uid ?? 0,
        gid: gid ?? 0,
        bytes: known === 'file' ? bytes : 0,
        offset,
      })
      if (entries.length > most.entries) throw refuse(`more than ${most.entries} entries`)
    }
    return entries
  } finally {
    await file.close()
  }
}
