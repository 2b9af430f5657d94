// Makes the images of a publication; reuses those already published.

import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { syncPath, temporaryName } from '../_helpers/atomic.ts'
import { withoutInterruption } from '../_helpers/cleanup.ts'
import { sha256File } from '../_helpers/hash.ts'
import { type Project, shown } from '../_helpers/paths.ts'
import { span } from '../_helpers/trace.ts'
import type { Format } from '../box/box.ts'
import { overlayPath } from '../cache/store.ts'
import { convertImage, imageFile } from './formats.ts'
import { boxFolder, looksLike, type Manifest, type PublishedImage } from './manifest.ts'
import type { Progress } from './progress.ts'

/** What to publish for a box. */
export interface Publication {
  readonly box: string
  /** Id of the layer that contains the disk. */
  readonly tip: string
  /** qcow2 first: the others are converted from it. */
  readonly formats: readonly Format[]
  /** The current publication; undefined if there is none. */
  readonly earlier: Manifest | undefined
  /**
   * Writes the container image to a file, which is not synced, and returns its digest; required if `formats` has `oci`.
   */
  readonly writeContainer?: (target: string) => Promise<string>
  /** From `stagingFolder`; the caller removes it. */
  readonly staging: string
}

/**
 * A folder beside the published files, where the next ones are created under their final names, since a vmdk contains
 * its own name.
 */
export const stagingFolder = (box: string, project: Project): string =>
  temporaryName(join(boxFolder(box, project), 'published'))

/** The name of a format's step in the progress display. */
export const publishStep = (format: Format): string => (format === 'qcow2' ? 'publish' : `as ${format}`)

/**
 * Published images that this publication can keep: if only the list of formats has changed, the others stay, and so do
 * the results of the proofs.
 */
const keptImages = async (
  { box, tip, earlier }: Publication,
  project: Project,
): Promise<Map<Format, PublishedImage>> => {
  const kept = new Map<Format, PublishedImage>()
  if (earlier?.layers.at(-1)?.id !== tip) return kept
  for (const image of earlier.images) if (await looksLike(box, image, project)) kept.set(image.format, image)
  // The other formats are converted from this file, so its content must be verified (fault 31).
  const path = join(boxFolder(box, project), imageFile(box, 'qcow2'))
  const source = kept.get('qcow2')
  return source !== undefined && (await sha256File(path)) === source.sha256 ? kept : new Map()
}

type ImageIn<F extends Format> = PublishedImage & { readonly format: F }

/**
 * Creates the images that are not published yet, in the staging folder: the chain of overlays as one compressed qcow2,
 * and from that the other formats. Each is measured, hashed and synced.
 *
 * @throws BoxhoundError E_PUBLISH
 */
export const makeImages = async (
  publication: Publication,
  progress: Pick<Progress, 'started' | 'ended'>,
  project: Project,
): Promise<Pick<Manifest, 'image' | 'images'>> => {
  const { box, tip, formats, staging } = publication
  const folder = boxFolder(box, project)
  // A signal removes the folder, so it must not be created after that.
  await withoutInterruption(() => mkdir(staging, { recursive: true }))
  const kept = await keptImages(publication, project)
  const source = join(kept.has('qcow2') ? folder : staging, imageFile(box, 'qcow2'))
  let virtualBytes = kept.get('qcow2')?.virtualBytes

  // Wrapped in an object, since a promise of a promise would be flattened: the next image is written while this one is
  // hashed.
  const begin = async <F extends Format>(format: F): Promise<{ readonly ended: Promise<ImageIn<F>> }> => {
    const step = publishStep(format)
    const old = kept.get(format)
    if (old !== undefined) {
      progress.ended(step, { kind: 'cached', bytes: old.bytes })
      return { ended: Promise.resolve({ ...old, format }) }
    }
    const start = performance.now()
    progress.started(step)
    const file = imageFile(box, format)
    const target = join(staging, file)
    const from = format === 'qcow2' ? overlayPath(tip, project) : source
    const name = shown(join(folder, file))
    const written = await span('publish', `convert to ${format}`, async () => {
      if (format !== 'oci') {
        virtualBytes = await convertImage(from, target, format, { expected: virtualBytes, shown: name })
        return { virtualBytes }
      }
      if (publication.writeContainer === undefined) throw new Error('nobody writes the container image')
      return { virtualBytes: 0, digest: await publication.writeContainer(target) }
    })
    await span('publish', `sync ${format}`, () => syncPath(target))
    const { size: bytes, mtimeMs: modified } = await stat(target)
    const ended = span(`hash ${format}`, 'hash', () => sha256File(target)).then((sha256) => {
      progress.ended(step, { kind: 'built', seconds: (performance.now() - start) / 1000, bytes })
      return { file, format, bytes, ...written, sha256, modified }
    })
    ended.catch(() => {}) // reported where it is awaited
    return { ended }
  }

  const first = await begin('qcow2')
  const others: { readonly ended: Promise<PublishedImage> }[] = []
  for (const format of formats) if (format !== 'qcow2') others.push(await begin(format))
  const image = await first.ended
  return { image, images: [image, ...(await Promise.all(others.map(({ ended }) => ended)))] }
}
