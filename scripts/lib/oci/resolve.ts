// From a digest to one image for linux/amd64.

import type { Blob } from '../registry/manifest.ts'
import { type ConfigDocument, type Descriptor, hexOf, limits, type ManifestDocument } from './documents.ts'
import { badImage, type Origin } from './fault.ts'
import { assertDigest, parseConfig, parseRoot } from './parse.ts'

/** One image: its documents, byte for byte, and what they say. */
export interface Image {
  /** SHA-256 of the manifest, hex. */
  readonly sha256: string
  readonly manifest: ManifestDocument
  readonly config: ConfigDocument
  readonly documents: { readonly manifest: Buffer; readonly config: Buffer }
  /** Its layers' blobs, lowest first. */
  readonly layers: readonly Blob[]
}

/**
 * Reads a document.
 *
 * @param bytes its size; undefined if only its digest is known.
 */
export type ReadDocument = (hex: string, bytes: number | undefined, what: string) => Promise<Buffer>

/** How deep indexes may nest: an archive's index.json, one of builds, one of platforms. */
const deepest = 3

const platformText = ({ platform }: Descriptor): string =>
  platform === undefined
    ? 'no platform'
    : [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/').slice(0, 50)

/** The entry for linux/amd64: its baseline, as newer variants don't run everywhere. One without a platform counts if it is alone. */
const chosen = (entries: readonly Descriptor[], origin: Origin): Descriptor => {
  const fits = entries.filter(
    ({ platform }) =>
      platform?.os === 'linux' && platform.architecture === 'amd64' && ['v1', undefined, ''].includes(platform.variant),
  )
  const [first] = fits
  if (first !== undefined) return first
  const [only, ...others] = entries.filter(({ platform }) => platform === undefined)
  if (only !== undefined && others.length === 0) return only
  throw badImage(
    origin,
    only === undefined ? 'no image for this platform' : 'more than one image',
    only === undefined ? 'an image for linux/amd64' : 'one image, or one for linux/amd64',
    entries.length === 0 ? 'an empty index' : [...new Set(entries.map(platformText))].slice(0, 10).join(', '),
  )
}

/** Reads a blob of a descriptor, whose size is checked before and after. */
const described = async (descriptor: Descriptor, what: string, read: ReadDocument, origin: Origin): Promise<Buffer> => {
  if (descriptor.size > limits.document)
    throw badImage(origin, `the ${what} is too large`, `at most ${limits.document} bytes`, `${descriptor.size} bytes`)
  const content = await read(hexOf(descriptor.digest), descriptor.size, what)
  if (content.length !== descriptor.size)
    throw badImage(origin, `the ${what} has another size`, `${descriptor.size} bytes`, `${content.length} bytes`)
  assertDigest(content, hexOf(descriptor.digest), what, origin)
  return content
}

const imageOf = async (
  content: Buffer,
  manifest: ManifestDocument,
  hex: string,
  read: ReadDocument,
  origin: Origin,
) => {
  const bytes = manifest.layers.reduce((sum, { size }) => sum + size, 0)
  if (bytes > limits.bytes)
    throw badImage(origin, 'the image is too large', `at most ${limits.bytes} bytes of layers`, `${bytes} bytes`)
  const text = await described(manifest.config, 'config', read, origin)
  return {
    sha256: hex,
    manifest,
    config: parseConfig(text, manifest.layers.length, origin),
    documents: { manifest: content, config: text },
    layers: manifest.layers.map(({ digest, size }) => ({ sha256: hexOf(digest), bytes: size })),
  }
}

/**
 * Resolves a document that may be an index to one image.
 *
 * @param content an index or manifest with this digest.
 * @throws BoxhoundError E_OCI_IMAGE for anything that isn't exactly one valid image for linux/amd64.
 */
export const resolveImage = async (
  content: Buffer,
  hex: string,
  read: ReadDocument,
  origin: Origin,
): Promise<Image> => {
  let [current, digest] = [content, hex]
  for (let depth = 0; depth <= deepest; depth += 1) {
    const root = parseRoot(current, depth === 0 ? 'index or manifest' : 'manifest', origin)
    if (root.kind === 'manifest') return imageOf(current, root.manifest, digest, read, origin)
    const entry = chosen(root.index.manifests, origin)
    current = await described(entry, 'manifest', read, origin)
    digest = hexOf(entry.digest)
  }
  throw badImage(origin, 'indexes are nested too deeply', `at most ${deepest} levels`, 'more')
}
