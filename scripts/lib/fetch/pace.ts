// Aborts responses that are too slow or too large.

import { BoxhoundError } from '../_helpers/errors.ts'
import { formatBytes, formatSeconds } from '../_helpers/format.ts'
import { shownAddress } from './address.ts'
import type { Deadlines } from './network.ts'

/** Bytes per second: less than the slowest line over which one would download a disk image. */
const slowest = 1000

/** Larger than any published disk image; only used if the server doesn't declare a length. */
export const longest = 64 * 2 ** 30

/**
 * Passes on the chunks of a response as long as they arrive at a reasonable rate. A server that sends a byte every few
 * seconds never exceeds the timeout between two chunks, and one that declares no length could send forever (fault 73).
 *
 * @param maximum size of the whole response in bytes.
 * @throws BoxhoundError E_FETCH_SLOW if less than 1 kB/s arrived for as long as `deadlines.quiet`; E_FETCH_SIZE.
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
