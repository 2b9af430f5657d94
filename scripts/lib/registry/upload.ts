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

/** A blob to send, from memory or from a file. */
export interface Source extends Blob {
  readonly content: Buffer | { readonly file: string }
}

export interface UploadOptions {
  readonly patience: Patience
  readonly tell: (line: string) => void
  /** Called often with the number of bytes that the registry has received. */
  readonly sent: (bytes: number) => void
}

/** An upload in progress: where the next chunk goes, and how much has been received. */
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

/** How far an interrupted upload got; undefined if the registry has dropped it, so that a new one has to start. */
const resume = async (registry: Registry, { address }: Upload): Promise<Upload | undefined> => {
  const answer = await registry.ask('GET', address)
  discard(answer.body)
  const last = /^(?:bytes=)?0-(\d{1,15})$/.exec(answer.header('range') ?? '')?.[1]
  if (answer.status !== 204 || last === undefined) return undefined
  // An upload without a single byte also has `0-0`. In that case start over, at the cost of one byte.
  return last === '0' ? undefined : { address: locationOf(answer), offset: Number(last) + 1 }
}

/** The rest of a source, counted while it is being read. */
const restOf =
  ({ content, bytes }: Source, offset: number, sent: UploadOptions['sent']) =>
  (): Buffer | Readable => {
    if (Buffer.isBuffer(content)) return content.subarray(offset)
    const { file } = content
    // Not a listener, which would start the stream before there is a connection, and lose the first chunks.
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
 * Makes sure that a registry has a blob; sends nothing if it does. An interrupted upload resumes if the registry still
 * has it, and otherwise starts over. The registry verifies the digest at the end.
 *
 * @returns the number of bytes sent, including failed attempts; 0 if the blob was there.
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
    // Also after a failed attempt: only its last response may have been lost.
    if (await hasBlob(registry, source)) return
    const resumed = upload === undefined ? undefined : await resume(registry, upload)
    if (upload !== undefined && resumed === undefined) options.tell('restarting the upload')
    if (resumed !== undefined) {
      options.tell(`resuming the upload at ${formatBytes(resumed.offset)}`)
      try {
        return await attempt(resumed)
      } catch (error) {
        // Some registries miscount an interrupted chunk, which the digest reveals. Send the whole blob again.
        if (isPassing(error)) throw error
        options.tell(`${oneLine(error)}: restarting the upload`)
      }
    }
    await attempt(await begin(registry))
  })
  return paid
}
