// Composes an image from another one's layers and new ones.

import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { sha256, sha256File } from '../_helpers/hash.ts'
import type { Blob } from '../registry/manifest.ts'
import {
  type ConfigDocument,
  configDocument,
  limits,
  type ManifestDocument,
  manifestDocument,
  mediaTypes,
} from './documents.ts'
import { badImage } from './fault.ts'
import type { Image } from './resolve.ts'

/** A layer that has been compressed to a file. */
export interface NewLayer extends Blob {
  readonly file: string
  /** SHA-256 of the tar archive in it, hex. */
  readonly diffId: string
  /** How it came about, for the image's history. */
  readonly by: string
}

/** Compresses a tar archive to a layer. The same archive gives the same file. */
export const compressLayer = async (
  archive: AsyncIterable<Uint8Array>,
  file: string,
  by: string,
): Promise<NewLayer> => {
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(archive, hashing, createGzip({ level: 6 }), createWriteStream(file, { flags: 'wx', mode: 0o644 }))
  const { size: bytes } = await stat(file)
  return { file, by, bytes, sha256: await sha256File(file), diffId: hash.digest('hex') }
}

/** The same bytes in OCI's words. */
const translated: Readonly<Record<string, string>> = {
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.docker.image.rootfs.diff.tar': 'application/vnd.oci.image.layer.v1.tar',
}

const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip'
const created = '2026-01-01T00:00:00Z'

const documentOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

/** An image of no layers. */
const scratch = { layers: [], manifest: undefined, config: undefined }

/**
 * An image with the layers of `base` and new ones on top, in OCI's media types. It depends on nothing but its arguments.
 *
 * @param base undefined for an image of new layers only.
 * @param changes of the config: what a container is started with. Members that aren't named stay.
 */
export const appendLayers = (
  base: Pick<Image, 'layers' | 'manifest' | 'config'> | undefined,
  layers: readonly NewLayer[],
  changes: NonNullable<ConfigDocument['config']>,
): Image => {
  const { manifest: below, config: old } = base ?? scratch
  const config = {
    ...old,
    created: old?.created ?? created,
    os: 'linux',
    architecture: 'amd64',
    config: { ...old?.config, ...changes },
    rootfs: {
      type: 'layers' as const,
      diff_ids: [...(old?.rootfs.diff_ids ?? []), ...layers.map(({ diffId }) => `sha256:${diffId}`)],
    },
    history: [...(old?.history ?? []), ...layers.map(({ by }) => ({ created, created_by: by }))],
  }
  const configBytes = documentOf(config)
  const manifest: ManifestDocument = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest[0],
    config: { mediaType: mediaTypes.config[0], digest: `sha256:${sha256(configBytes)}`, size: configBytes.length },
    layers: [
      ...(below?.layers ?? []).map(({ mediaType, digest, size }) => ({
        mediaType: translated[mediaType] ?? mediaType,
        digest,
        size,
      })),
      ...layers.map((layer) => ({ mediaType: layerType, digest: `sha256:${layer.sha256}`, size: layer.bytes })),
    ],
  }
  if (manifest.layers.length > limits.layers)
    throw badImage(
      { name: 'image', next: 'use a base image with fewer layers' },
      'too many layers',
      `at most ${limits.layers}`,
      `${manifest.layers.length}`,
    )
  const manifestBytes = documentOf(manifest)
  return {
    sha256: sha256(manifestBytes),
    manifest: manifestDocument.parse(manifest),
    config: configDocument.parse(config),
    documents: { manifest: manifestBytes, config: configBytes },
    layers: [...(base?.layers ?? []), ...layers.map(({ sha256: hex, bytes }) => ({ sha256: hex, bytes }))],
  }
}
