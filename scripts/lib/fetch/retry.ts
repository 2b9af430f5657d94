// Bounded retries.

import { setTimeout as delay } from 'node:timers/promises'
import { formatSeconds } from '../_helpers/format.ts'
import { isPassing } from './failure.ts'

/** How often something is tried again that may be over in a moment. */
export interface Patience {
  /** Tries in a row that bring nothing new. */
  readonly tries: number
  /** Milliseconds before the next one, from 1 failed try upwards. */
  readonly pause: (failed: number) => number
}

export const usualPatience: Patience = { tries: 5, pause: (failed) => Math.min(1000 * 2 ** (failed - 1), 10_000) }

export interface Retried {
  readonly tell: (line: string) => void
  /** Grows while tries bring something: a try that brought more than all before it counts as the first. */
  readonly gained?: () => number
  readonly signal?: AbortSignal | undefined
}

/** A few bytes more are no reason to go on for ever. */
const worthwhile = 1_000_000

/**
 * Does work again while its failure may be over in a moment (faults 35, 36), a bounded number of times.
 *
 * @throws what the last try threw.
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
