// Finds, downloads and verifies blobs.

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

/** Whether a registry has a blob, by a HEAD request. */
export const hasBlob = async (registry: Registry, blob: Blob): Promise<boolean> => {
  const answer = await registry.ask('HEAD', blobAddress(registry, blob))
  if (answer.status !== 200 && answer.status !== 404)
    throw await refusal(answer, registry.client, 'whether a blob is there')
  discard(answer.body)
  const length = answer.header('content-length')
  return answer.status === 200 && (length === undefined || Number(length) === blob.bytes)
}

/**
 * Reads a small blob into memory.
 *
 * @returns undefined if it is missing or doesn't match its digest.
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
  /** Folder for unfinished downloads. */
  readonly folder: string
  readonly patience: Patience
  readonly tell: (line: string) => void
  /** Called with the number of bytes downloaded so far. */
  readonly received: (bytes: number) => void
  readonly signal: AbortSignal
}

/** An error that no retry can fix. */
const badBlob = (message: string): BoxhoundError => new BoxhoundError('E_REGISTRY_BLOB', message)

const useless = new Set(['E_REGISTRY_BLOB', 'E_DISK_FULL'])

const fill = async (part: Part, blob: Blob, registry: Registry, options: BlobOptions): Promise<void> => {
  const address = blobAddress(registry, blob)
  const { patience, tell, signal } = options
  // Aborts a blob that is too long, including what an earlier run has left.
  const received = (bytes: number): void => {
    if (bytes > blob.bytes) throw badBlob('its blob is longer than in its manifest')
    options.received(bytes)
  }
  await retrying(patience, { tell, gained: part.bytes, signal }, async () => {
    if (part.bytes() >= blob.bytes) return
    // The transfer itself does not log in. This request gets a token that the transfer can use.
    if (!(await hasBlob(registry, blob))) throw badBlob('its blob is missing or truncated')
    await transfer(address, part, registry.client, { received, tell, signal })
  })
}

/**
 * Downloads a blob, resuming an earlier download, and passes its file to `use` once it is complete and matches its
 * digest. The file is then removed; only an interrupted download leaves its part behind.
 *
 * The caller must hold the blob's lock.
 *
 * @throws BoxhoundError E_REGISTRY_BLOB with the reason; E_FETCH_…, E_DISK_FULL.
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
      // After any other error, such as a signal, the beginning is good and the next run resumes from it.
      if (error instanceof BoxhoundError && useless.has(error.code)) await part.drop()
      throw error
    }
  })
}
