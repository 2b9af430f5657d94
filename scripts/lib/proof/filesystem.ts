import { z } from 'zod'
import { $ } from 'zx'
import { BoxhoundError } from '../_helpers/errors.ts'
import { dataExtents, type Extent, eachPiece } from './raw.ts'
import type { DiskEvidence } from './types.ts'

const partitions = z.object({
  partitiontable: z.object({
    sectorsize: z.number().default(512),
    partitions: z.array(z.object({ start: z.number(), size: z.number() })),
  }),
})

/** Byte offset of the root partition: the largest one. Partition nodes need not appear, so tools get the offset. */
export const rootOffset = async (raw: string): Promise<number> => {
  const table = await $({ quiet: true })`sfdisk --json -- ${raw}`
  const { sectorsize, partitions: found } = partitions.parse(JSON.parse(table.stdout)).partitiontable
  const [largest] = [...found].sort((a, b) => b.size - a.size)
  if (largest === undefined) throw new BoxhoundError('E_NO_PARTITION', 'the disk has no partition', { file: raw })
  return largest.start * sectorsize
}

/** e2fsck without touching anything; its exit status is 0 for a clean file system that was cleanly unmounted. */
export const checkFileSystem = async (raw: string, offset: number): Promise<DiskEvidence['fsck']> => {
  const device = `${raw}?offset=${offset}`
  const [check, header] = await Promise.all([
    $({ nothrow: true, quiet: true })`e2fsck -fn ${device}`,
    $({ nothrow: true, quiet: true })`dumpe2fs -h ${device}`,
  ])
  const field = (name: string): string => new RegExp(`^${name}: +(.*)$`, 'm').exec(header.stdout)?.[1] ?? 'unknown'
  const recovery = field('Filesystem features').split(' ').includes('needs_recovery') ? ', journal to be replayed' : ''
  const words = check.stdout.trim().split('\n').slice(-3).join('; ')
  return { code: check.exitCode ?? -1, words, state: `${field('Filesystem state')}${recovery}` }
}

/** Free blocks as byte ranges of the disk, from dumpe2fs's lists. */
const freeExtents = (dump: string, blockSize: number, offset: number): Extent[] =>
  [...dump.matchAll(/^ {2}Free blocks: (.+)$/gm)].flatMap(([, list = '']) =>
    list.split(', ').map((range) => {
      const [first = 0, last = first] = range.split('-').map(Number)
      return { start: offset + first * blockSize, end: offset + (last + 1) * blockSize }
    }),
  )

/** The parts of `extents` that lie in `others`; both sorted and without overlaps. */
const intersect = (extents: readonly Extent[], others: readonly Extent[]): Extent[] => {
  const common: Extent[] = []
  let next = 0
  for (const { start, end } of extents) {
    while (next < others.length && (others[next]?.end ?? 0) <= start) next += 1
    for (let index = next; index < others.length && (others[index]?.start ?? end) < end; index += 1) {
      const other = others[index]
      if (other) common.push({ start: Math.max(start, other.start), end: Math.min(end, other.end) })
    }
  }
  return common
}

/** Counts the free blocks that don't read as zero: what a file system that was never trimmed keeps of deleted files (fault 47). */
export const countFreeBlocks = async (raw: string, offset: number): Promise<DiskEvidence['freeBlocks']> => {
  const { stdout } = await $({ quiet: true })`dumpe2fs ${`${raw}?offset=${offset}`}`
  const blockSize = Number(/^Block size: +(\d+)$/m.exec(stdout)?.[1] ?? 0)
  const free = freeExtents(stdout, blockSize, offset).sort((a, b) => a.start - b.start)
  const zeroes = Buffer.alloc(blockSize)
  const dirty = new Set<number>()
  await eachPiece(raw, intersect(free, await dataExtents(raw)), (bytes, at) => {
    for (let from = 0; from < bytes.length; from += blockSize) {
      const block = bytes.subarray(from, from + blockSize)
      if (!block.equals(zeroes.subarray(0, block.length))) dirty.add(Math.floor((at + from) / blockSize))
    }
  })
  const blocks = free.reduce((sum, { start, end }) => sum + (end - start) / blockSize, 0)
  return { free: blocks, dirty: dirty.size }
}
