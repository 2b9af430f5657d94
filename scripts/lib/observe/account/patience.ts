// What is tried again, and how long limits are waited for.

import { setTimeout as delay } from 'node:timers/promises'
import { BoxhoundError } from '../../_helpers/errors.ts'
import { formatSeconds } from '../../_helpers/format.ts'
import { isPassing } from '../../fetch/failure.ts'

/** How long is waited for an account that cannot answer now. */
export interface AccountPatience {
  /** Tries in a row that fail. */
  readonly tries: number
  /** Milliseconds before the next try, from 1 failed try upwards. */
  readonly pause: (failed: number) => number
  /** Seconds that a limit of requests may ask for before it is an error. */
  readonly longest: number
  readonly wait: (milliseconds: number) => Promise<unknown>
}

export const usualAccountPatience: AccountPatience = {
  tries: 5,
  pause: (failed) => Math.min(1000 * 2 ** (failed - 1), 10_000),
  longest: 300,
  wait: (milliseconds) => delay(milliseconds),
}

/** Whether the request may have been carried out all the same: nobody knows, so it must be looked up and not sent again blindly. */
export const isUnsure = (error: unknown): error is BoxhoundError =>
  error instanceof BoxhoundError &&
  (['E_ACCOUNT_SERVER', 'E_ACCOUNT_BROKEN'].includes(error.code) ||
    (isPassing(error) && error.code !== 'E_FETCH_CONNECT'))

/** Whether another try of a request that may be sent twice can help. */
const isWorthwhile = (error: unknown): error is BoxhoundError => isUnsure(error) || isPassing(error)

/**
 * Does work again while its failure may be over in a moment.
 *
 * @param repeatable whether doing it twice is as good as once: reading, replacing, removing. What is not is tried again only when it
 *   surely was not carried out: no connection, or a limit of requests.
 * @throws what the last try threw.
 */
export const patiently = async <T>(
  patience: AccountPatience,
  { repeatable, tell }: { readonly repeatable: boolean; readonly tell: (line: string) => void },
  work: () => Promise<T>,
): Promise<T> => {
  for (let failed = 1; ; failed++) {
    try {
      return await work()
    } catch (error) {
      const again = repeatable
        ? isWorthwhile(error)
        : error instanceof BoxhoundError && error.code === 'E_FETCH_CONNECT'
      if (!again || failed >= patience.tries) throw error
      const pause = patience.pause(failed)
      tell(
        `${error instanceof Error ? error.message : ''}: try ${failed + 1} of ${patience.tries} in ${formatSeconds(pause / 1000)}`,
      )
      await patience.wait(pause)
    }
  }
}

/** Seconds until a limit of requests opens again: as the headers say, else as long as the try before was failed for. */
export const limitSeconds = (headers: Readonly<Record<string, string>>, usual: number): number => {
  const text = headers['x-ratelimit-reset'] ?? headers['retry-after'] ?? ''
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : usual
}
