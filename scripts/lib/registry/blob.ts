// Finds, downloads and checks blobs.

import { mkdir } from 'node:fs/promises'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { sha256 } from '../_helpers/hash.ts'
import { openPart, type Part } from '../fetch/part.ts'
import { discard } from '../fetch/request.ts'
import { type Patience, retrying } from '../fetch/retry.ts'
import { transfer } from '../fetch/transfer.ts'
import { readBody, refusal } from './failure.ts'
import type { Blob } from './manifest.ts'
import type { Registry } from './registry.ts'

export const blobAddress = ({ address }: Registry, { sha256: digest }: Blob): string =>
  `${address}blobs/sha256:${digest}`

/** Whether a registry has a blob, by HEAD. */
export const hasBlob = async (registry: Registry, blob: Blob): Promise<boolean> => {
  const answer = await registry.ask('HEAD', blobAddress(registry, blob))
  if (answer.status !== 200 && answer.status !== 404)
    throw await refusal(answer, registry.client, 'whether a blob is there')
  discard(answer.body)
  const length = answer.header('content-length')
  return answer.status === 200 && (length === undefined || Number(length) === blob.bytes)
}

/**
 * A small blob, into memory.
 *
 * @returns undefined when it is not there, or not what its digest says.
 */
export const readBlob = async (registry: Registry, blob: Blob): Promise<Buffer | undefined> => {
  const answer = await registry.ask('GET', blobAddress(registry, blob))
  if (answer.status === 404) {
    discard(answer.body)
    return undefined
  }
  if (answer.status !== 200) throw await refusal(answer, registry.client, 'a record')
  const content = await readBody(answer, registry.client, blob.bytes)
  return content !== undefined && sha256(content) === blob.sha256 ? content : undefined
}

export interface BlobOptions {
  /** Where unfinished downloads stand. */
  readonly folder: string
  readonly patience: Patience
  readonly tell: (line: string) => void
  /** Bytes that are there. */
  readonly received: (bytes: number) => void
  readonly signal: AbortSignal
}

/** A blob that no further try makes better. */
const badBlob = (message: string): BoxhoundError => new BoxhoundError('E_REGISTRY_BLOB', message)

const useless = new Set(['E_REGISTRY_BLOB', 'E_DISK_FULL'])

const fill = async (part: Part, blob: Blob, registry: Registry, options: BlobOptions): Promise<void> => {
  const address = blobAddress(registry, blob)
  const { patience, tell, signal } = options
  // Neither what is too long nor what an earlier run left is worth a request.
  const received = (bytes: number): void => {
    if (bytes > blob.bytes) throw badBlob('its blob is longer than in its manifest')
    options.received(bytes)
  }
  await retrying(patience, { tell, gained: part.bytes, signal }, async () => {
    if (part.bytes() >= blob.bytes) return
    // The transfer itself does not log in: whoever asks here first gets a token that is good for it.
    if (!(await hasBlob(registry, blob))) throw badBlob('its blob is missing or truncated')
    await transfer(address, part, registry.client, { received, tell, signal })
  })
}

/**
 * Downloads a blob, on from where an earlier run ended, and hands its file to `use` once it is whole and has the right digest. It is gone
 * afterwards; only a download that was cut off leaves its part behind.
 *
 * Only who holds the lock of this blob may call it.
 *
 * @throws BoxhoundError E_REGISTRY_BLOB, telling what is wrong with it; E_FETCH_…, E_DISK_FULL.
 */
export const withBlob = async <T>(
  blob: Blob,
  registry: Registry,
  options: BlobOptions,
  use: (path: string) => Promise<T>,
): Promise<T> => {
  await mkdir(options.folder, { recursive: true })
  const part = await openPart(options.folder, blob.sha256, blobAddress(registry, blob))
  return withCleanup(part.close, async () => {
    try {
      await fill(part, blob, registry, options)
      if ((await part.digest()) !== blob.sha256 && part.inherited() > 0) {
        options.tell('what an earlier run left is damaged: fetching all of it again')
        await part.restart({ url: blobAddress(registry, blob) })
        await fill(part, blob, registry, options)
      }
      if ((await part.digest()) !== blob.sha256) throw badBlob('its blob does not match its digest')
      return await use(part.path).finally(part.drop)
    } catch (error) {
      // Anything else, a signal for one, leaves a good beginning, from which the next run goes on.
      if (error instanceof BoxhoundError && useless.has(error.code)) await part.drop()
      throw error
    }
  })
}
