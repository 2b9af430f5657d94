// Listings and lists, in memory.

import { BoxhoundError } from '../_helpers/errors.ts'
import { formatBytes } from '../_helpers/format.ts'
import { shownAddress } from './address.ts'
import type { Client } from './client.ts'
import { failureOf, statusFailure } from './failure.ts'
import { discard, get } from './request.ts'
import { type Patience, retrying, usualPatience } from './retry.ts'

/** A listing or a list of checksums; what is larger is something else. */
const limit = 8_000_000

export interface SmallFileOptions {
  readonly patience?: Patience
  readonly tell?: (line: string) => void
  readonly signal?: AbortSignal
}

/**
 * Fetches a file of a few kilobytes into memory.
 *
 * @returns its bytes, and the address that it came from after redirects.
 * @throws BoxhoundError E_FETCH_…
 */
export const fetchSmallFile = (
  address: string,
  client: Client,
  { patience = usualPatience, tell = () => {}, signal }: SmallFileOptions = {},
): Promise<{ readonly content: Buffer; readonly url: URL }> =>
  retrying(patience, { tell, signal }, async () => {
    const { status, body, url } = await get(address, client, {}, signal)
    try {
      if (status !== 200) throw statusFailure(status, url)
      const chunks: Buffer[] = []
      let bytes = 0
      for await (const chunk of body) {
        chunks.push(chunk)
        bytes += chunk.length
        if (bytes > limit)
          throw new BoxhoundError('E_FETCH_SIZE', `${shownAddress(url)} is too large for a list`, {
            expected: `at most ${formatBytes(limit)}`,
            found: 'more',
            next: 'check the address',
          })
      }
      return { content: Buffer.concat(chunks), url }
    } catch (error) {
      throw await failureOf(error, url, client)
    } finally {
      discard(body)
    }
  })
