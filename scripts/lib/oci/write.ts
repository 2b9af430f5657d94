// Writes an image as an OCI image layout.

import { createWriteStream } from 'node:fs'
import { copyFile, link, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { hexOf, mediaTypes } from './documents.ts'
import { blobName } from './layout.ts'
import type { Image } from './resolve.ts'
import { type TarItem, tarOf } from './tar-writer.ts'

/** Where a layer's blob is. */
export type BlobPath = (hex: string) => string

const documentsOf = (image: Image, name: string): ReadonlyMap<string, Buffer> => {
  const { manifest, config } = image.documents
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.index[0],
    manifests: [
      {
        mediaType: image.manifest.mediaType ?? mediaTypes.manifest[0],
        digest: `sha256:${image.sha256}`,
        size: manifest.length,
        platform: { architecture: 'amd64', os: 'linux' },
        annotations: { 'org.opencontainers.image.ref.name': name },
      },
    ],
  }
  return new Map([
    ['oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')],
    ['index.json', Buffer.from(JSON.stringify(index))],
    [blobName(image.sha256), manifest],
    [blobName(hexOf(image.manifest.config.digest)), config],
  ])
}

/** Each blob once: an image may have the same layer twice. */
const layersOf = ({ layers }: Image) => [...new Map(layers.map((layer) => [layer.sha256, layer])).values()]

/**
 * Writes an image to a new folder. Blobs are linked if they are on the same file system, and copied otherwise.
 *
 * @param name for `org.opencontainers.image.ref.name`, by which tools find it.
 */
export const writeLayout = async (image: Image, name: string, blobPath: BlobPath, folder: string): Promise<void> => {
  await mkdir(join(folder, dirname(blobName(image.sha256))), { recursive: true })
  for (const [path, content] of documentsOf(image, name)) await writeFile(join(folder, path), content)
  for (const { sha256: hex } of layersOf(image)) {
    const [from, to] = [blobPath(hex), join(folder, blobName(hex))]
    await link(from, to).catch(() => copyFile(from, to))
  }
}

/** Writes an image as an archive of a layout (oci-archive). The same image gives the same bytes. */
export const writeArchive = async (image: Image, name: string, blobPath: BlobPath, file: string): Promise<void> => {
  const items: TarItem[] = [
    { path: 'blobs', mode: 0o755 },
    { path: 'blobs/sha256', mode: 0o755 },
    ...[...documentsOf(image, name)].map(([path, content]) => ({ path, mode: 0o644, content })),
    ...layersOf(image).map(({ sha256: hex, bytes }) => ({
      path: blobName(hex),
      mode: 0o644,
      content: { file: blobPath(hex), bytes },
    })),
  ]
  await pipeline(tarOf(items), createWriteStream(file, { flags: 'wx', mode: 0o644 }))
}
