// Pulls a container image by its digest into the store.

import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { publishFile } from '../_helpers/atomic.ts'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import type { ImageReference } from '../box/image-reference.ts'
import { isLoopback } from '../box/repository.ts'
import type { Deadlines, Network } from '../fetch/network.ts'
import { downloadMeter, downloadText } from '../fetch/progress.ts'
import { discard } from '../fetch/request.ts'
import { type Patience, retrying, usualPatience } from '../fetch/retry.ts'
import { alone } from '../registry/alone.ts'
import { readBlob, withBlob } from '../registry/blob.ts'
import { oneLine, readBody, refusal } from '../registry/failure.ts'
import type { Blob } from '../registry/manifest.ts'
import { openRegistry, type Registry } from '../registry/registry.ts'
import { limits, mediaTypes } from './documents.ts'
import { badImage, type Origin } from './fault.ts'
import { assertDigest } from './parse.ts'
import { type Image, resolveImage } from './resolve.ts'
import { blobPath, missingBlobs, storeDocument, storedDocument } from './store.ts'

export interface PullImageOptions {
  readonly network: Network
  /** Called with notes for the user, one line each. */
  readonly tell: (line: string) => void
  /** Called with the progress of a download. */
  readonly doing?: (text: string) => void
  readonly patience?: Patience
  readonly deadlines?: Deadlines
  readonly environment?: NodeJS.ProcessEnv
}

const accept = [...mediaTypes.manifest, ...mediaTypes.index].join(', ')

/** Number of blobs downloaded in parallel. */
const sideBySide = 2

interface Job {
  readonly registry: () => Registry
  readonly origin: Origin
  readonly options: PullImageOptions
  readonly project: Project
}

/** Reads a manifest, an index or a config from the registry. */
const fetchDocument = async (hex: string, what: string, { registry: open, origin, options }: Job): Promise<Buffer> => {
  const { patience = usualPatience, tell } = options
  const registry = open()
  const absent = () =>
    badImage(origin, `the registry lacks the ${what}`, `sha256:${hex}`, `status 404 from ${registry.name}`)
  return retrying(patience, { tell }, async () => {
    if (what === 'config') {
      const content = await readBlob(registry, { sha256: hex, bytes: limits.document })
      if (content === undefined)
        throw badImage(origin, 'the config is missing or does not match its digest', `sha256:${hex}`, 'something else')
      return content
    }
    const answer = await registry.ask('GET', `manifests/sha256:${hex}`, { headers: { accept } })
    if (answer.status === 404) {
      discard(answer.body)
      throw absent()
    }
    if (answer.status !== 200) throw await refusal(answer, registry.client, 'a manifest')
    const content = await readBody(answer, registry.client, limits.document)
    if (content === undefined)
      throw badImage(origin, `the ${what} is too large`, `at most ${limits.document} bytes`, 'more')
    assertDigest(content, hex, what, origin)
    return content
  })
}

const documentOf = async (hex: string, what: string, job: Job): Promise<Buffer> => {
  const { tell } = job.options
  const stored = await storedDocument(hex, tell, job.project)
  if (stored !== undefined) return stored
  const content = await fetchDocument(hex, what, job)
  await storeDocument(hex, content, job.project)
  return content
}

const fetchLayer = async (blob: Blob, total: number, got: Map<string, number>, job: Job, signal: AbortSignal) => {
  const { options, project, origin } = job
  const { patience = usualPatience, tell, doing = () => {} } = options
  const meter = downloadMeter((state) => doing(downloadText(state)))
  const received = (bytes: number): void => {
    got.set(blob.sha256, bytes)
    meter.received(
      [...got.values()].reduce((sum, one) => sum + one, 0),
      total,
    )
  }
  const target = blobPath(blob.sha256, project)
  await mkdir(dirname(target), { recursive: true })
  const folder = join(project.cache, 'registry')
  await alone(blob.sha256, { verb: 'pull an image', signal, project }, async () => {
    // Another run may have stored it while this one waited.
    if ((await missingBlobs([blob], tell, project)).length === 0) return
    await withBlob(blob, job.registry(), { folder, patience, tell, received, signal }, (path) =>
      publishFile(path, target),
    ).catch((error: unknown) => {
      if (!(error instanceof BoxhoundError) || error.code !== 'E_REGISTRY_BLOB') throw error
      throw badImage(
        origin,
        'a layer cannot be used',
        `sha256:${blob.sha256}, ${blob.bytes} bytes`,
        oneLine(error),
        error,
      )
    })
  })
}

const fetchLayers = async (missing: readonly Blob[], job: Job): Promise<void> => {
  const abort = new AbortController()
  const total = missing.reduce((sum, { bytes }) => sum + bytes, 0)
  const got = new Map<string, number>()
  const queue = [...missing]
  const lane = async (): Promise<void> => {
    for (let blob = queue.shift(); blob !== undefined; blob = queue.shift()) {
      abort.signal.throwIfAborted()
      await fetchLayer(blob, total, got, job, abort.signal)
    }
  }
  const lanes = Array.from({ length: sideBySide }, () =>
    lane().catch((error: unknown) => {
      abort.abort(error) // the first error is the cause, the other lane's only its result
      throw error
    }),
  )
  await Promise.allSettled(lanes)
  if (abort.signal.aborted) throw abort.signal.reason
}

/**
 * Makes sure that the store has an image, and pulls what it lacks. A stored image needs no registry; whatever is
 * damaged is pulled again. Registries on loopback are asked by plain HTTP, as docker does; the digest decides anyway.
 *
 * @returns the image; its layers' blobs are in the store (`blobPath`).
 * @throws BoxhoundError E_OCI_IMAGE, E_REGISTRY_…, E_FETCH_…, E_DISK_FULL.
 */
export const pullImage = async (
  reference: ImageReference,
  options: PullImageOptions,
  project: Project,
): Promise<Image> => {
  const { repository, sha256: hex, text } = reference
  const { network, deadlines, environment } = options
  let opened: Registry | undefined
  const job: Job = {
    registry: () => {
      opened ??= openRegistry(repository, {
        network,
        plainHttp: isLoopback(repository.host),
        actions: 'pull',
        ...(deadlines === undefined ? {} : { deadlines }),
        ...(environment === undefined ? {} : { environment }),
      })
      return opened
    },
    origin: {
      name: text,
      next: 'check the reference in the box file: skopeo inspect docker://REGISTRY/NAME prints digests',
    },
    options,
    project,
  }
  return withCleanup(
    async () => opened?.close(),
    async () => {
      const root = await documentOf(hex, 'index or manifest', job)
      const image = await resolveImage(root, hex, (digest, _bytes, what) => documentOf(digest, what, job), job.origin)
      const missing = await missingBlobs(image.layers, options.tell, project)
      if (missing.length > 0) await fetchLayers(missing, job)
      return image
    },
  )
}
