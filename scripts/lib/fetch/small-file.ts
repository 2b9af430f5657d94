// Downloads small files into memory.

import type { Client } from './client.ts'
import { failureOf, statusFailure } from './failure.ts'
import { paced } from './pace.ts'
import { discard, get } from './request.ts'
import { type Patience, retrying, usualPatience } from './retry.ts'

/** Enough for a listing or a list of checksums; anything larger is something else. */
const limit = 8_000_000

export interface SmallFileOptions {
  readonly patience?: Patience
  readonly tell?: (line: string) => void
  readonly signal?: AbortSignal
}

/**
 * Downloads a file of a few kilobytes into memory.
 *
 * @returns its bytes, and its address after redirects.
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
      for await (const chunk of paced(body, url, client.deadlines, limit)) chunks.push(chunk)
      return { content: Buffer.concat(chunks), url }
    } catch (error) {
      throw await failureOf(error, url, client)
    } finally {
      discard(body)
    }
  })
