// Writes tar archives that depend on nothing but their content.

import { createReadStream } from 'node:fs'

/** One entry. Its time is always `epoch`, and its owner root unless told otherwise. */
export interface TarItem {
  /** Relative; without a slash at the end. */
  readonly path: string
  readonly mode: number
  /** A folder has none; a file's bytes, or where they are. */
  readonly content?: Uint8Array | { readonly file: string; readonly bytes: number }
  readonly uid?: number
  readonly gid?: number
}

const block = 512

/** 2026-01-01, in seconds: one time for all files, so that the same content gives the same digest. */
export const epoch = 1_767_225_600

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`

const headerOf = (
  path: string,
  type: string,
  bytes: number,
  { mode, uid = 0, gid = 0 }: Omit<TarItem, 'path'>,
): Buffer => {
  const header = Buffer.alloc(block)
  header.write(path, 0, 100, 'utf8')
  header.write(octal(mode & 0o7777, 8), 100, 'latin1')
  header.write(octal(uid, 8), 108, 'latin1')
  header.write(octal(gid, 8), 116, 'latin1')
  header.write(octal(bytes, 12), 124, 'latin1')
  header.write(octal(epoch, 12), 136, 'latin1')
  header.write('        ', 148, 'latin1')
  header.write(type, 156, 'latin1')
  header.write('ustar\x0000', 257, 'latin1')
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}

/** `LENGTH KEY=VALUE\n`, where LENGTH counts its own digits. */
const record = (key: string, value: string): string => {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest
  while (rest + String(length).length !== length) length = rest + String(length).length
  return `${length} ${key}=${value}\n`
}

const padded = (bytes: number): Buffer => Buffer.alloc((block - (bytes % block)) % block)

/** The largest size that eleven octal digits hold. */
const largest = 8 ** 11 - 1

/** The chunks of an archive in the order of its items. Long names and sizes get a pax header. */
export const tarOf = async function* (items: Iterable<TarItem>): AsyncGenerator<Buffer> {
  for (const item of items) {
    const { content } = item
    const path = content === undefined ? `${item.path}/` : item.path
    const bytes = content === undefined ? 0 : content instanceof Uint8Array ? content.length : content.bytes
    const isPlain = Buffer.byteLength(path) <= 100 && /^[\x20-\x7e]*$/.test(path)
    const records = [
      ...(isPlain ? [] : [record('path', path)]),
      ...(bytes > largest ? [record('size', String(bytes))] : []),
    ]
    if (records.length > 0) {
      const extended = Buffer.from(records.join(''))
      yield headerOf('pax', 'x', extended.length, { mode: 0o644 })
      yield Buffer.concat([extended, padded(extended.length)])
    }
    // Cut between characters, since the name that counts is in the pax header.
    const short = isPlain ? path : path.replaceAll(/[^\x20-\x7e]/g, '_').slice(0, 100)
    yield headerOf(short, content === undefined ? '5' : '0', Math.min(bytes, largest), item)
    if (content instanceof Uint8Array) yield Buffer.from(content)
    else if (content !== undefined) {
      let read = 0
      for await (const chunk of createReadStream(content.file, { highWaterMark: 1 << 20 })) {
        read += chunk.length
        yield chunk
      }
      if (read !== bytes) throw new Error(`${content.file} has ${read} bytes instead of ${bytes}`)
    }
    yield padded(bytes)
  }
  yield Buffer.alloc(2 * block)
}
