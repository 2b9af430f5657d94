// Uploads a blob, with resumption.

import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { BoxhoundError } from '../_helpers/errors.ts'
import { formatBytes } from '../_helpers/format.ts'
import { isPassing } from '../fetch/failure.ts'
import { type Answer, discard } from '../fetch/request.ts'
import { type Patience, retrying } from '../fetch/retry.ts'
import { hasBlob } from './blob.ts'
import { oneLine, refusal } from './failure.ts'
import type { Blob } from './manifest.ts'
import type { Registry } from './registry.ts'

/** A blob to send: bytes in memory, or a file. */
export interface Source extends Blob {
  readonly content: Buffer | { readonly file: string }
}

export interface UploadOptions {
  readonly patience: Patience
  readonly tell: (line: string) => void
  /** How many bytes of the blob the registry has, called often. */
  readonly sent: (bytes: number) => void
}

/** An upload that the registry has begun: where the next piece goes, and how much is there. */
interface Upload {
  readonly address: string
  readonly offset: number
}

const locationOf = (answer: Answer): string => {
  const location = answer.header('location')
  if (location !== undefined && URL.canParse(location, answer.url.href)) return new URL(location, answer.url).href
  throw new BoxhoundError('E_REGISTRY_STATUS', `${answer.url.host} started an upload without an address`, {
    expected: 'an address in the Location header',
    found: 'none',
    next: 'check that an OCI registry answers there',
  })
}

const begin = async (registry: Registry): Promise<Upload> => {
  const answer = await registry.ask('POST', 'blobs/uploads/', { headers: { 'content-length': '0' } })
  if (answer.status !== 202) throw await refusal(answer, registry.client, 'begin an upload')
  discard(answer.body)
  return { address: locationOf(answer), offset: 0 }
}

/** How far an upload has come that was cut off; undefined where the registry has dropped it: then another one begins. */
const resume = async (registry: Registry, { address }: Upload): Promise<Upload | undefined> => {
  const answer = await registry.ask('GET', address)
  discard(answer.body)
  const last = /^(?:bytes=)?0-(\d{1,15})$/.exec(answer.header('range') ?? '')?.[1]
  if (answer.status !== 204 || last === undefined) return undefined
  // `0-0` is what an upload without a byte has, too: that one byte is sent again by an upload of its own.
  return last === '0' ? undefined : { address: locationOf(answer), offset: Number(last) + 1 }
}

/** The rest of a source, counted as it is taken. */
const restOf =
  ({ content, bytes }: Source, offset: number, sent: UploadOptions['sent']) =>
  (): Buffer | Readable => {
    if (Buffer.isBuffer(content)) return content.subarray(offset)
    const { file } = content
    // Not by a listener: that would set the stream going before there is a connection, and its first pieces would be lost.
    const counted = async function* (): AsyncGenerator<Buffer> {
      let at = offset
      for await (const chunk of createReadStream(file, { start: offset, end: bytes - 1, highWaterMark: 1 << 18 })) {
        yield chunk
        at += chunk.length
        sent(at)
      }
    }
    return Readable.from(counted(), { objectMode: false })
  }

const append = async (registry: Registry, upload: Upload, source: Source, options: UploadOptions): Promise<Upload> => {
  const length = source.bytes - upload.offset
  const answer = await registry.ask('PATCH', upload.address, {
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(length),
      'content-range': `${upload.offset}-${source.bytes - 1}`,
    },
    body: restOf(source, upload.offset, options.sent),
  })
  if (answer.status !== 202) throw await refusal(answer, registry.client, 'take a piece of a blob')
  discard(answer.body)
  return { address: locationOf(answer), offset: source.bytes }
}

const finish = async (registry: Registry, { address }: Upload, { sha256 }: Source): Promise<void> => {
  const url = new URL(address)
  url.searchParams.set('digest', `sha256:${sha256}`)
  const answer = await registry.ask('PUT', url.href, { headers: { 'content-length': '0' } })
  if (answer.status !== 201 && answer.status !== 204) throw await refusal(answer, registry.client, 'finish an upload')
  discard(answer.body)
}

/**
 * Makes sure that a registry has a blob: nothing is sent when it is there. An upload that breaks off goes on where it ended, if the registry
 * still has it, and begins anew otherwise; the digest that ends it is the registry's to check.
 *
 * @returns the bytes that were sent, those of broken tries included; 0 when it was there.
 * @throws BoxhoundError E_FETCH_…, E_REGISTRY_….
 */
export const pushBlob = async (registry: Registry, source: Source, options: UploadOptions): Promise<number> => {
  let upload: Upload | undefined
  let [most, paid] = [0, 0]
  const attempt = async (begun: Upload): Promise<void> => {
    let reached = begun.offset
    const sent = (bytes: number): void => {
      reached = bytes
      most = Math.max(most, bytes)
      options.sent(bytes)
    }
    upload = begun
    try {
      if (begun.offset < source.bytes) upload = await append(registry, begun, source, { ...options, sent })
      reached = source.bytes
      await finish(registry, upload, source)
    } finally {
      paid += reached - begun.offset
    }
  }
  await retrying(options.patience, { tell: options.tell, gained: () => most }, async () => {
    // Also after a broken try: its last answer may have been lost on the way.
    if (await hasBlob(registry, source)) return
    const resumed = upload === undefined ? undefined : await resume(registry, upload)
    if (upload !== undefined && resumed === undefined) options.tell('restarting the upload')
    if (resumed !== undefined) {
      options.tell(`resuming the upload at ${formatBytes(resumed.offset)}`)
      try {
        return await attempt(resumed)
      } catch (error) {
        // Some registries count what came of a broken piece wrong, which the digest shows: the whole of it once more.
        if (isPassing(error)) throw error
        options.tell(`${oneLine(error)}: restarting the upload`)
      }
    }
    await attempt(await begin(registry))
  })
  return paid
}
