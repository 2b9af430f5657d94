// Checks an EFI partition and finds its free space.

import { join } from 'node:path'
import { z } from 'zod'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { $ } from '../_helpers/shell.ts'
import type { FileSystemState } from './evidence.ts'
import type { FileSystem } from './layout.ts'
import type { Extent } from './raw.ts'

/** What disk/fat.py reports. */
const reportSchema = z.object({
  bits: z.number(),
  clusters: z.number(),
  clusterBytes: z.number(),
  same: z.boolean(),
  clean: z.boolean(),
  free: z.array(z.object({ start: z.number(), end: z.number() })),
})

export interface FatEvidence {
  readonly state: FileSystemState
  /** The free clusters as byte ranges of the disk, and the size of a cluster. */
  readonly free: readonly Extent[]
  readonly size: number
}

/**
 * Judges a FAT file system as far as what ships can be wrong: copies of the table that differ, or no clean end.
 *
 * @throws BoxhoundError E_FAT when it can't be read.
 */
export const examineFat = async (raw: string, { offset }: FileSystem, { tool }: Project): Promise<FatEvidence> => {
  const done = await $({ nothrow: true, quiet: true })`python3 -IB ${join(tool, 'disk/fat.py')} report ${raw} ${offset}`
  if (done.exitCode !== 0)
    throw new BoxhoundError('E_FAT', 'a FAT file system of the disk cannot be read', {
      file: raw,
      found: done.stderr.trim(),
    })
  const { bits, clusters, clusterBytes, same, clean, free } = reportSchema.parse(JSON.parse(done.stdout))
  const words = same ? `${clusters} clusters of FAT${bits}` : 'the copies of its table differ'
  return { state: { code: same ? 0 : 4, words, state: clean ? 'clean' : 'not unmounted' }, free, size: clusterBytes }
}
