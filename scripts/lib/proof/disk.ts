import { join } from 'node:path'
import { $ } from 'zx'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { cleanEnvironment } from '../_helpers/sandbox.ts'
import { checkFileSystem, countFreeBlocks, rootOffset } from './filesystem.ts'
import { expand, scan } from './raw.ts'
import type { DiskEvidence, Pattern, Survey } from './types.ts'

/**
 * Runs a Python file of test/image on a raw disk and returns what it prints. They work by debugfs, so nothing is
 * mounted, and an end at any moment leaves files only.
 */
export const runDiskTool = async (name: string, words: readonly string[], { root }: Project): Promise<string> => {
  const file = join(root, 'test', 'image', name)
  const env = { ...cleanEnvironment(), PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` }
  const done = await $({ nothrow: true, quiet: true, env })`python3 -IB ${file} ${words}`
  if (done.exitCode === 0) return done.stdout
  throw new BoxhoundError('E_DISK', `${name} failed with status ${done.exitCode ?? 'none'}`, {
    file,
    found: done.stderr.trim().slice(-1000),
  })
}

/** Expands an image into `raw` and looks at it from every side, without writing to it. */
export const examine = async (
  image: string,
  raw: string,
  patterns: readonly Pattern[],
  project: Project,
): Promise<DiskEvidence> => {
  await expand(image, raw)
  const offset = await rootOffset(raw)
  const survey = JSON.parse(await runDiskTool('survey.py', [raw, String(offset)], project)) as Survey
  const { findings, searched } = await scan(raw, patterns)
  const freeBlocks = await countFreeBlocks(raw, offset)
  return { findings, searched, survey, freeBlocks, fsck: await checkFileSystem(raw, offset) }
}
