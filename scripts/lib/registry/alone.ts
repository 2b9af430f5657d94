// Keeps two runs from downloading the same blob.

import { setTimeout as delay } from 'node:timers/promises'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { withLock } from '../cache/lock.ts'

/** Waits while another run downloads the same blob, then does the work. */
export const alone = async <T>(
  sha256: string,
  { verb, signal, project }: { readonly verb: string; readonly signal: AbortSignal; readonly project: Project },
  work: () => Promise<T>,
): Promise<T> => {
  for (;;) {
    try {
      return await withLock(`blob-${sha256.slice(0, 16)}`, verb, project, work)
    } catch (error) {
      if (!(error instanceof BoxhoundError) || error.code !== 'E_LOCKED') throw error
      await delay(200, undefined, { signal })
    }
  }
}
