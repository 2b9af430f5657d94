// Downloads and verifies a disk image.

import { mkdir, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { publishFile } from '../_helpers/atomic.ts'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { formatBytes } from '../_helpers/format.ts'
import { sha256Files } from '../_helpers/hash.ts'
import { withLock } from '../cache/lock.ts'
import { baseName, shownAddress } from './address.ts'
import { type Client, openClient } from './client.ts'
import type { Deadlines, Network } from './network.ts'
import { diskFull, isFull, openPart, type Part } from './part.ts'
import { type Download, downloadMeter } from './progress.ts'
import { type Patience, retrying, usualPatience } from './retry.ts'
import { transfer } from './transfer.ts'

export type { Download } from './progress.ts'

/** A disk image as specified in a box file. */
export interface ImageSource {
  /** An http, https or file address, or an absolute path. */
  readonly image: string
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string
}

export interface FetchOptions {
  /** Where images are stored: `images` in the store. The lock is in `locks` beside it, like the store's other locks. */
  readonly folder: string
  readonly network: Network
  /** Called with the progress a few times a second. */
  readonly progress?: (state: Download) => void
  /** Called with notes for the user, one line each: resumed, started over, retried, waiting for another process. */
  readonly tell?: (line: string) => void
  readonly signal?: AbortSignal
  readonly deadlines?: Deadlines
  readonly patience?: Patience
}

/** An image's path in the store once it is downloaded. */
export const imagePath = (folder: string, { image, sha256 }: ImageSource): string =>
  join(folder, `${sha256}-${baseName(image)}`)

const isRemote = (image: string): boolean => /^https?:/i.test(image)

const wrongDigest = (image: string, expected: string, found: string, bytes: number, next: string): BoxhoundError =>
  new BoxhoundError(
    'E_IMAGE_DIGEST',
    `${isRemote(image) ? shownAddress(image) : image} is not the image in the box file`,
    {
      expected: `SHA-256 ${expected}`,
      found: `SHA-256 ${found} (${formatBytes(bytes)})`,
      next,
    },
  )

const digestOf = async (path: string): Promise<string> => (await sha256Files([path], 1)).get(path) ?? ''

/** A local image is used in place: hashed, not copied. */
const localImage = async ({ image, sha256 }: ImageSource): Promise<string> => {
  const path = /^file:/i.test(image) ? fileURLToPath(image) : resolve(image)
  const there = await stat(path).catch(() => undefined)
  if (!there?.isFile())
    throw new BoxhoundError('E_IMAGE_MISSING', 'no such disk image', {
      file: path,
      expected: 'a file',
      found: there === undefined ? 'nothing' : 'not a file',
      next: 'check base.image in the box file',
    })
  const found = await digestOf(path)
  if (found === sha256) return path
  throw wrongDigest(
    path,
    sha256,
    found,
    there.size,
    'make sure that it is the right file, and check base.sha256 in the box file',
  )
}

/**
 * Whether an earlier run's download is intact. It is hashed again, since a flipped bit passes every other check (fault
 * 31).
 */
const storedImage = async (path: string, sha256: string, tell: (line: string) => void): Promise<boolean> => {
  const there = await stat(path).catch(() => undefined)
  if (there === undefined) return false
  if (there.isFile() && (await digestOf(path)) === sha256) return true
  tell('the stored image is damaged: fetching it again')
  await rm(path, { recursive: true, force: true })
  return false
}

interface Job {
  readonly source: ImageSource
  readonly options: FetchOptions
  readonly client: Client
  readonly tell: (line: string) => void
}

/** Downloads what is missing from the part, over as many connections as it takes. */
const fill = async (part: Part, { source: { image }, options, client, tell }: Job): Promise<void> => {
  const meter = downloadMeter(options.progress)
  const { signal, patience = usualPatience } = options
  await retrying(patience, { tell, signal, gained: part.bytes }, () => {
    meter.from(part.bytes())
    const received = (bytes: number): void => meter.received(bytes, part.note()?.total)
    return transfer(image, part, client, { received, tell, signal })
  })
  meter.end(part.note()?.total)
}

/**
 * Completes the part with the right digest. If an earlier run's leftovers were bad, which shows only at the end, it
 * starts over once.
 */
const complete = async (part: Part, job: Job): Promise<void> => {
  const { image, sha256 } = job.source
  await fill(part, job)
  let found = await part.digest()
  if (found !== sha256 && part.inherited() > 0) {
    job.tell('what an earlier run left is damaged: fetching all of it again')
    await part.restart({ url: image })
    await fill(part, job)
    found = await part.digest()
  }
  if (found === sha256) return
  throw wrongDigest(
    ...([image, sha256, found, part.bytes()] as const),
    'npm run base -- update BOX reads the publisher’s signed list; a proxy or mirror in between may have sent something else',
  )
}

const useless = new Set(['E_IMAGE_DIGEST', 'E_DISK_FULL'])

const fetchRemote = async (path: string, job: Job): Promise<void> => {
  const { folder } = job.options
  await mkdir(folder, { recursive: true })
  const part = await openPart(folder, job.source.sha256, job.source.image)
  await withCleanup(part.close, async () => {
    try {
      await complete(part, job)
      await part.close()
      await publishFile(part.path, path)
      await part.drop()
    } catch (cause) {
      // Some file systems report a full disk only on sync.
      const error = isFull(cause) ? diskFull(part.path, undefined, undefined) : cause
      // After any other error the beginning is good, and the next run resumes from it.
      if (error instanceof BoxhoundError && useless.has(error.code)) await part.drop()
      throw error
    }
  })
}

/** Takes the image's lock; while another process has it, waits, then uses what that process has downloaded. */
const alone = async (folder: string, { source, tell, options: { signal } }: Job, work: () => Promise<void>) => {
  const store = { tool: folder, root: folder, out: folder, cache: dirname(folder) }
  const name = `image-${source.sha256.slice(0, 16)}`
  for (let waiting = false; ; ) {
    try {
      return await withLock(name, `fetch ${baseName(source.image)}`, store, work)
    } catch (error) {
      if (!(error instanceof BoxhoundError) || error.code !== 'E_LOCKED') throw error
      if (!waiting) tell(`waiting for another run that is fetching the same image: ${error.details.found}`)
      waiting = true
      await delay(200, undefined, signal === undefined ? {} : { signal })
    }
  }
}

/**
 * Makes sure that a disk image is on this machine, complete and with the box file's digest.
 *
 * A download goes to `folder/.part-SHA256` and gets its final name `folder/SHA256-NAME` only with the right digest.
 * However a run ends, the next one resumes its download. A local image is used in place.
 *
 * @returns the absolute path of the verified file.
 * @throws BoxhoundError E_IMAGE_DIGEST, E_IMAGE_MISSING, E_DISK_FULL, E_CA_BUNDLE, E_FETCH_….
 */
export const fetchImage = async (source: ImageSource, options: FetchOptions): Promise<string> => {
  const { tell = () => {}, folder, network, deadlines } = options
  if (!isRemote(source.image)) return localImage(source)
  const path = imagePath(folder, source)
  const client = openClient(network, deadlines)
  const job: Job = { source, options, client, tell }
  try {
    await alone(folder, job, async () => {
      if (!(await storedImage(path, source.sha256, tell))) await fetchRemote(path, job)
    })
  } finally {
    await client.close()
  }
  return path
}
