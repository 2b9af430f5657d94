// Finds the file systems of a disk.

import { join } from 'node:path'
import { z } from 'zod'
import { cleanEnvironment } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { $ } from '../_helpers/shell.ts'

/** One file system of a disk. */
export interface FileSystem {
  readonly partition: number
  /** First byte on the disk. */
  readonly offset: number
  readonly bytes: number
  /** As blkid names it: ext4, vfat, swap. */
  readonly kind: string
  /** By the image's own fstab; null when that doesn't mount it. */
  readonly mountPoint: string | null
}

const count = z.coerce.number().int().nonnegative()
const rowSchema = z.tuple([count, count, count, z.string().min(1), z.string().min(1)])

/** Reads what layout.sh prints: a row per file system, the root first. */
export const parseLayout = (text: string): FileSystem[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [partition, offset, bytes, kind, point] = rowSchema.parse(line.split('\t'))
      return { partition, offset, bytes, kind, mountPoint: point === '-' ? null : point }
    })

/**
 * The file systems of a raw disk, the root first: found as the builder finds them.
 *
 * @throws BoxhoundError E_LAYOUT when there is no root, or something that the image mounts is missing.
 */
export const readLayout = async (raw: string, { tool }: Project): Promise<readonly [FileSystem, ...FileSystem[]]> => {
  const env = { ...cleanEnvironment(), PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` }
  const done = await $({ nothrow: true, quiet: true, env })`bash ${join(tool, 'disk/layout.sh')} ${raw}`
  const [first, ...rest] = done.exitCode === 0 ? parseLayout(done.stdout) : []
  if (first === undefined)
    throw new BoxhoundError('E_LAYOUT', 'cannot identify the file systems of the disk', {
      file: raw,
      found: done.stderr.trim().slice(-1000),
    })
  return [first, ...rest]
}

/** What tools of e2fsprogs take for a file system inside a disk. */
export const deviceOf = (raw: string, { offset }: FileSystem): string => `${raw}?offset=${offset}`
