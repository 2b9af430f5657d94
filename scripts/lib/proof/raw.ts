// Searches every byte of a disk.

import { open } from 'node:fs/promises'
import { z } from 'zod'
import { BoxhoundError } from '../_helpers/errors.ts'
import { $ } from '../_helpers/shell.ts'
import type { Finding, Pattern } from './evidence.ts'
import { findIn } from './patterns.ts'

/** Bytes from `start` up to but not including `end`. */
export interface Extent {
  readonly start: number
  readonly end: number
}

const mapSchema = z.array(z.object({ start: z.number(), length: z.number(), data: z.boolean() }))
const piece = 8 << 20
/** Longest finding that may straddle two pieces. */
const overlap = 64 << 10

/** Expands an image to a sparse raw disk: what was compressed away from sight in a qcow2 is plain bytes there (fault 23). */
export const expand = async (image: string, raw: string): Promise<void> => {
  const done = await $({ nothrow: true, quiet: true })`qemu-img convert -O raw -m 8 -W -- ${image} ${raw}`
  if (done.exitCode !== 0)
    throw new BoxhoundError('E_RAW', 'cannot expand the image', { file: image, found: done.stderr.trim() })
}

/** The extents of a file that hold data; everything between them is a hole and reads as zero. */
export const dataExtents = async (file: string): Promise<Extent[]> => {
  const map = await $({ quiet: true })`qemu-img map --output=json -f raw -- ${file}`
  const extents: { start: number; end: number }[] = []
  for (const { start, length, data } of mapSchema.parse(JSON.parse(map.stdout))) {
    const last = extents.at(-1)
    if (!data) continue
    if (last?.end === start) last.end += length
    else extents.push({ start, end: start + length })
  }
  return extents
}

/** Reads the extents piece by piece; pieces of one extent overlap, `fresh` bytes of each are its own. */
export const eachPiece = async (
  file: string,
  extents: readonly Extent[],
  work: (bytes: Buffer, at: number, fresh: number) => void,
): Promise<number> => {
  const handle = await open(file)
  const buffer = Buffer.allocUnsafe(piece + overlap)
  let total = 0
  try {
    for (const { start, end } of extents)
      for (let at = start; at < end; at += piece) {
        const { bytesRead } = await handle.read(buffer, 0, Math.min(piece + overlap, end - at), at)
        const fresh = Math.min(piece, bytesRead)
        work(buffer.subarray(0, bytesRead), at, fresh)
        total += fresh
      }
  } finally {
    await handle.close()
  }
  return total
}

/** Searches every byte of a file, free blocks of its file system too. */
export const scan = async (
  file: string,
  patterns: readonly Pattern[],
): Promise<{ findings: Finding[]; searched: number }> => {
  const findings: Finding[] = []
  const searched = await eachPiece(file, await dataExtents(file), (bytes, at, fresh) => {
    for (const { kind, offset } of findIn(bytes, patterns, fresh)) findings.push({ kind, offset: at + offset })
  })
  return { findings, searched }
}
