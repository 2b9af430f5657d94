// Checks an EFI partition and finds its free space.

import { open } from 'node:fs/promises'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { FileSystem } from './layout.ts'
import type { Extent } from './raw.ts'
import type { FileSystemState } from './types.ts'

/** Where things are, in bytes from the start of the file system; by Microsoft's FAT specification. */
interface Shape {
  readonly table: number
  readonly tableBytes: number
  readonly tables: number
  readonly bits: 12 | 16 | 32
  readonly clusters: number
  readonly data: number
  readonly clusterBytes: number
}

const readAt = async (file: string, at: number, length: number): Promise<Buffer> => {
  const handle = await open(file)
  try {
    const buffer = Buffer.alloc(length)
    const { bytesRead } = await handle.read(buffer, 0, length, at)
    if (bytesRead === length) return buffer
    throw new BoxhoundError('E_FAT', 'a FAT file system ends too early', {
      file,
      found: `${bytesRead} of ${length} bytes at ${at}`,
    })
  } finally {
    await handle.close()
  }
}

/** The number of clusters alone tells how wide an entry is. */
const shapeOf = (boot: Buffer): Shape => {
  const sector = boot.readUInt16LE(11)
  const clusterBytes = boot.readUInt8(13) * sector
  const table = boot.readUInt16LE(14) * sector
  const tables = boot.readUInt8(16)
  const tableBytes = (boot.readUInt16LE(22) || boot.readUInt32LE(36)) * sector
  const roots = Math.ceil((boot.readUInt16LE(17) * 32) / sector) * sector
  const data = table + tables * tableBytes + roots
  const total = (boot.readUInt16LE(19) || boot.readUInt32LE(32)) * sector
  const clusters = Math.floor((total - data) / clusterBytes)
  return {
    table,
    tableBytes,
    tables,
    bits: clusters < 4085 ? 12 : clusters < 65525 ? 16 : 32,
    clusters,
    data,
    clusterBytes,
  }
}

const entryOf = (table: Buffer, bits: Shape['bits'], cluster: number): number => {
  if (bits === 32) return table.readUInt32LE(cluster * 4) & 0x0fffffff
  if (bits === 16) return table.readUInt16LE(cluster * 2)
  const pair = table.readUInt16LE(Math.floor((cluster * 3) / 2))
  return cluster % 2 === 1 ? pair >> 4 : pair & 0xfff
}

/** Was it cleanly unmounted? Entry 1 has a bit for it that a mount clears; FAT12 has none. */
const isMarkedClean = (table: Buffer, bits: Shape['bits']): boolean =>
  bits === 12 || (bits === 16 ? table.readUInt16LE(2) & 0x8000 : table.readUInt32LE(4) & 0x08000000) !== 0

/** Judges a FAT file system as far as what ships can be wrong: copies of the table that differ, or no clean end. */
export const checkFat = async (raw: string, { offset }: FileSystem): Promise<FileSystemState> => {
  const shape = shapeOf(await readAt(raw, offset, 512))
  const copies: Buffer[] = []
  for (let copy = 0; copy < shape.tables; copy += 1)
    copies.push(await readAt(raw, offset + shape.table + copy * shape.tableBytes, shape.tableBytes))
  const [first] = copies
  const same = first !== undefined && copies.every((copy) => copy.equals(first))
  const clean = first !== undefined && isMarkedClean(first, shape.bits)
  const words = same ? `${shape.clusters} clusters of FAT${shape.bits}` : 'the copies of its table differ'
  return { code: same ? 0 : 4, words, state: clean ? 'clean' : 'not unmounted' }
}

/** The free clusters as byte ranges of the disk, and the size of a cluster. */
export const freeClusters = async (
  raw: string,
  { offset }: FileSystem,
): Promise<{ readonly free: Extent[]; readonly size: number }> => {
  const shape = shapeOf(await readAt(raw, offset, 512))
  const table = await readAt(raw, offset + shape.table, shape.tableBytes)
  const free: { start: number; end: number }[] = []
  for (let cluster = 2; cluster < shape.clusters + 2; cluster += 1) {
    if (entryOf(table, shape.bits, cluster) !== 0) continue
    const start = offset + shape.data + (cluster - 2) * shape.clusterBytes
    const last = free.at(-1)
    if (last?.end === start) last.end += shape.clusterBytes
    else free.push({ start, end: start + shape.clusterBytes })
  }
  return { free, size: shape.clusterBytes }
}
