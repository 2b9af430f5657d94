// Bounded retries.

import { setTimeout as delay } from 'node:timers/promises'
import { formatSeconds } from '../_helpers/format.ts'
import { isPassing } from './failure.ts'

/** How often to retry after a temporary failure. */
export interface Patience {
  /** Maximum number of consecutive attempts without progress. */
  readonly tries: number
  /** Milliseconds to wait, by the number of failed attempts so far, from 1. */
  readonly pause: (failed: number) => number
}

export const usualPatience: Patience = { tries: 5, pause: (failed) => Math.min(1000 * 2 ** (failed - 1), 10_000) }

export interface Retried {
  readonly tell: (line: string) => void
  /** Grows as attempts make progress. An attempt that got further than all before resets the count. */
  readonly gained?: () => number
  readonly signal?: AbortSignal | undefined
}

/** Fewer new bytes than this don't count as progress, so that retries can't go on forever. */
const worthwhile = 1_000_000

/**
 * Repeats work that fails with a temporary error (faults 35, 36), a bounded number of times.
 *
 * @throws the error of the last attempt.
 */
export const retrying = async <T>(patience: Patience, options: Retried, work: () => Promise<T>): Promise<T> => {
  const { tell, gained = () => 0, signal } = options
  let most = gained()
  for (let failed = 0; ; ) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error)) throw error
      failed = gained() >= most + worthwhile ? 1 : failed + 1
      most = Math.max(most, gained())
      if (failed >= patience.tries) throw error
      const pause = patience.pause(failed)
      tell(`${error.message}: try ${failed + 1} of ${patience.tries} in ${formatSeconds(pause / 1000)}`)
      await delay(pause, undefined, signal === undefined ? {} : { signal })
    }
  }
}
