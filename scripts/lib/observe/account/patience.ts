// What to retry, and how long to wait for rate limits.

import { setTimeout as delay } from 'node:timers/promises'
import { BoxhoundError } from '../../_helpers/errors.ts'
import { formatSeconds } from '../../_helpers/format.ts'
import { isPassing } from '../../fetch/failure.ts'

/** How long to wait for an account that can't respond now. */
export interface AccountPatience {
  /** Maximum number of consecutive failed attempts. */
  readonly tries: number
  /** Milliseconds before the next attempt, by the number of failed attempts so far, from 1. */
  readonly pause: (failed: number) => number
  /** Longest wait in seconds that a rate limit may demand before it is an error. */
  readonly longest: number
  readonly wait: (milliseconds: number) => Promise<unknown>
}

export const usualAccountPatience: AccountPatience = {
  tries: 5,
  pause: (failed) => Math.min(1000 * 2 ** (failed - 1), 10_000),
  longest: 300,
  wait: (milliseconds) => delay(milliseconds),
}

/**
 * Whether the request may have been carried out despite the error. Then the caller must look before sending it again.
 */
export const isUnsure = (error: unknown): error is BoxhoundError =>
  error instanceof BoxhoundError &&
  (['E_ACCOUNT_SERVER', 'E_ACCOUNT_BROKEN'].includes(error.code) ||
    (isPassing(error) && error.code !== 'E_FETCH_CONNECT'))

/** Whether to retry a request that may safely be sent twice. */
const isWorthwhile = (error: unknown): error is BoxhoundError => isUnsure(error) || isPassing(error)

/**
 * Repeats work that fails with a temporary error.
 *
 * @param repeatable whether doing it twice is the same as once: reading, replacing, removing. Anything else is only
 *   retried if it surely was not carried out: no connection, or a rate limit.
 * @throws the error of the last attempt.
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

/** Seconds until a rate limit ends, from the headers; `usual` if they don't say. */
export const limitSeconds = (headers: Readonly<Record<string, string>>, usual: number): number => {
  const text = headers['x-ratelimit-reset'] ?? headers['retry-after'] ?? ''
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : usual
}
