// Checks every file system, and that its free blocks are zero.

import type { Project } from '../_helpers/paths.ts'
import { $ } from '../_helpers/shell.ts'
import type { FileSystemEvidence, FileSystemState } from './evidence.ts'
import { examineFat } from './fat.ts'
import { deviceOf, type FileSystem } from './layout.ts'
import { dataExtents, type Extent, eachPiece } from './raw.ts'

/** e2fsck without touching anything; its exit status is 0 for a clean file system that was cleanly unmounted. */
const checkExt = async (raw: string, fileSystem: FileSystem): Promise<FileSystemState> => {
  const device = deviceOf(raw, fileSystem)
  const [check, header] = await Promise.all([
    $({ nothrow: true, quiet: true })`e2fsck -fn ${device}`,
    $({ nothrow: true, quiet: true })`tune2fs -l ${device}`,
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

/** The same from debugfs's list of single blocks. */
const freeBlocksAsExtents = (list: string, blockSize: number, offset: number): Extent[] => {
  const extents: { start: number; end: number }[] = []
  for (const [word] of list.matchAll(/\d+/g)) {
    const start = offset + Number(word) * blockSize
    const last = extents.at(-1)
    if (last?.end === start) last.end += blockSize
    else extents.push({ start, end: start + blockSize })
  }
  return extents
}

/** Newer versions of dumpe2fs take the equals sign of an offset for a `LABEL=`; debugfs takes it, and is slower. */
const freeInExt = async (
  raw: string,
  fileSystem: FileSystem,
): Promise<{ readonly free: Extent[]; readonly size: number }> => {
  const device = deviceOf(raw, fileSystem)
  const header = await $({ quiet: true })`tune2fs -l ${device}`
  const size = Number(/^Block size: +(\d+)$/m.exec(header.stdout)?.[1] ?? 0)
  const dump = await $({ nothrow: true, quiet: true })`dumpe2fs ${device}`
  if (dump.exitCode === 0) {
    const free = freeExtents(dump.stdout, size, fileSystem.offset).sort((a, b) => a.start - b.start)
    return { free, size }
  }
  const list = await $({ quiet: true })`debugfs -R ${'find_free_block 2000000000 0'} ${device}`
  return { free: freeBlocksAsExtents(list.stdout, size, fileSystem.offset), size }
}

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
const countFreeBlocks = async (
  raw: string,
  { free, size }: { readonly free: readonly Extent[]; readonly size: number },
  data: readonly Extent[],
): Promise<FileSystemEvidence['freeBlocks']> => {
  const zeroes = Buffer.alloc(size)
  const dirty = new Set<number>()
  await eachPiece(raw, intersect(free, data), (bytes, at) => {
    for (let from = 0; from < bytes.length; from += size) {
      const block = bytes.subarray(from, from + size)
      if (!block.equals(zeroes.subarray(0, block.length))) dirty.add(Math.floor((at + from) / size))
    }
  })
  const blocks = free.reduce((sum, { start, end }) => sum + (end - start) / size, 0)
  return { free: blocks, dirty: dirty.size }
}

/** Looks at one file system of a raw disk, without writing to it. */
const examineOne = async (
  raw: string,
  fileSystem: FileSystem,
  data: readonly Extent[],
  project: Project,
): Promise<FileSystemEvidence> => {
  const { kind, partition, mountPoint } = fileSystem
  const name = `${kind} of partition ${partition}${mountPoint === null ? '' : `, ${mountPoint}`}`
  if (kind === 'vfat') {
    const { state, ...free } = await examineFat(raw, fileSystem, project)
    return { name, kind, ...state, freeBlocks: await countFreeBlocks(raw, free, data) }
  }
  const state = await checkExt(raw, fileSystem)
  const free = await freeInExt(raw, fileSystem)
  return { name, kind, ...state, freeBlocks: await countFreeBlocks(raw, free, data) }
}

/** Every file system of a raw disk, one after the other: each reads as fast as the disk does. */
export const examineFileSystems = async (
  raw: string,
  fileSystems: readonly FileSystem[],
  project: Project,
): Promise<FileSystemEvidence[]> => {
  const data = await dataExtents(raw)
  const found: FileSystemEvidence[] = []
  for (const fileSystem of fileSystems)
    if (fileSystem.kind !== 'swap') found.push(await examineOne(raw, fileSystem, data, project))
  return found
}
