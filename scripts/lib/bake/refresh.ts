// Remembers --refresh.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../_helpers/atomic.ts'
import type { Project } from '../_helpers/paths.ts'

/** The file that records when `--refresh` was last given for a box. */
export const refreshFile = (box: string, { cache }: Project): string => join(cache, 'refresh', box)

/**
 * When `--refresh` was last given for a box. It must apply to later bakes too, or they would go back to the old layers.
 *
 * @param refresh true: now.
 * @returns an option for planBox.
 */
export const readRefreshed = async (
  box: string,
  refresh: boolean,
  project: Project,
): Promise<{ refreshed?: number }> => {
  const path = refreshFile(box, project)
  if (refresh) await writeAtomic(path, `${Date.now()}\n`)
  const refreshed = Number(await readFile(path, 'utf8').catch(() => Number.NaN))
  return Number.isFinite(refreshed) ? { refreshed } : {}
}
