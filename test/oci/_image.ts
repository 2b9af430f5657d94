import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { tarOf } from '../../scripts/lib/oci/tar-writer.ts'

/** A document or layer by its digest; `change` may spoil it before it is stored under its old name. */
export type Blobs = Map<string, Buffer>

export const describe = (content: Buffer, mediaType: string) => ({
  mediaType,
  digest: `sha256:${sha256(content)}`,
  size: content.length,
})

export const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

const oci = (what: string): string => `application/vnd.oci.image.${what}`

export const tarBytes = async (...items: Parameters<typeof tarOf>[0] extends Iterable<infer T> ? T[] : never) => {
  const chunks: Buffer[] = []
  for await (const chunk of tarOf(items)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** A small image: its blobs, and the manifest's. The arguments change parts of its documents. */
export const smallImage = async (
  manifestChange: Record<string, unknown> = {},
  configChange: Record<string, unknown> = {},
  bytes = 10,
): Promise<{ blobs: Blobs; manifest: Buffer; config: Buffer; layer: Buffer }> => {
  const archive = await tarBytes({ path: 'hello', mode: 0o644, content: Buffer.alloc(bytes, 'h') })
  const layer = gzipSync(archive)
  const config = json({
    os: 'linux',
    architecture: 'amd64',
    config: { Env: ['PATH=/bin'], Cmd: ['/bin/entrypoint.sh'], Entrypoint: null, Volumes: null },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(archive)}`] },
    history: [{ created_by: 'test' }],
    ...configChange,
  })
  const manifest = json({
    schemaVersion: 2,
    mediaType: oci('manifest.v1+json'),
    config: describe(config, oci('config.v1+json')),
    layers: [describe(layer, oci('layer.v1.tar+gzip'))],
    ...manifestChange,
  })
  return { blobs: new Map([manifest, config, layer].map((one) => [sha256(one), one])), manifest, config, layer }
}

export const manifestType = oci('manifest.v1+json')
export const indexType = oci('index.v1+json')
export const configType = oci('config.v1+json')
export const amd64 = { platform: { os: 'linux', architecture: 'amd64' } }

export const indexOf = (...entries: object[]): Buffer =>
  json({ schemaVersion: 2, mediaType: indexType, manifests: entries })

/** Files of a layout by name. */
export const layoutFiles = ({ blobs, manifest }: { blobs: Blobs; manifest: Buffer }): Map<string, Buffer> =>
  new Map([
    ['oci-layout', json({ imageLayoutVersion: '1.0.0' })],
    ['index.json', indexOf({ ...describe(manifest, manifestType), ...amd64 })],
    ...[...blobs].map(([hex, content]): [string, Buffer] => [`blobs/sha256/${hex}`, content]),
  ])

export const writeFiles = (folder: string, files: ReadonlyMap<string, Buffer>): void => {
  for (const [name, content] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
}
