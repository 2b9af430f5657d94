// Rejects answers that are too slow or too large.

import { BoxhoundError } from '../_helpers/errors.ts'
import { formatBytes, formatSeconds } from '../_helpers/format.ts'
import { shownAddress } from './address.ts'
import type { Deadlines } from './network.ts'

/** Bytes a second: slower than the slowest line that a disk image could come by. */
const slowest = 1000

/** More than any disk image that is published; only asked where the server does not say how long its answer is. */
export const longest = 64 * 2 ** 30

/**
 * The pieces of an answer, as long as they come at a pace that leads somewhere: a server that sends a byte every few seconds keeps each deadline
 * between two pieces, and one that says no length can send for ever (fault 73).
 *
 * @param maximum bytes of the whole answer.
 * @throws BoxhoundError E_FETCH_SLOW when less than 1 kB a second came for as long as `deadlines.quiet`; E_FETCH_SIZE.
 */
export async function* paced(
  body: AsyncIterable<Buffer>,
  url: URL,
  { quiet }: Deadlines,
  maximum: number = longest,
): AsyncGenerator<Buffer, void> {
  let [begin, bytes, total] = [performance.now(), 0, 0]
  for await (const chunk of body) {
    total += chunk.length
    bytes += chunk.length
    if (total > maximum)
      throw new BoxhoundError('E_FETCH_SIZE', `${shownAddress(url)} is too large`, {
        expected: `at most ${formatBytes(maximum)}`,
        found: 'more',
        next: 'check the address',
      })
    const passed = performance.now() - begin
    if (passed >= quiet) {
      if (bytes < (slowest * passed) / 1000)
        throw new BoxhoundError('E_FETCH_SLOW', `${url.host} sends too slowly`, {
          expected: `at least ${formatBytes(slowest)} per second`,
          found: `${bytes} bytes of ${shownAddress(url)} in ${formatSeconds(passed / 1000)}`,
          next: 'try again later, or use a mirror',
        })
      ;[begin, bytes] = [performance.now(), 0]
    }
    yield chunk
  }
}
