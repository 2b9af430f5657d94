import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { sha256, sha256File } from '../../scripts/lib/_helpers/hash.ts'
import { appendLayers, compressLayer } from '../../scripts/lib/oci/append.ts'
import { readArchive, readLayout } from '../../scripts/lib/oci/layout.ts'
import { tarOf } from '../../scripts/lib/oci/tar-writer.ts'
import { writeArchive, writeLayout } from '../../scripts/lib/oci/write.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { describe, layoutFiles, smallImage, writeFiles } from './_image.ts'

const origin = { name: 'image', next: 'build it again' }
const items = [{ path: 'etc/new', mode: 0o644, content: Buffer.from('new') }]

test('a layer on top of an image: its digests, its config and its history', async (t) => {
  const folder = await temporaryFolder(t)
  const below = await smallImage()
  writeFiles(join(folder, 'below'), layoutFiles(below))
  const base = await readLayout(join(folder, 'below'), origin)
  const layer = await compressLayer(tarOf(items), join(folder, 'layer'), 'boxhound: checks')
  const image = appendLayers(base, [layer], { Labels: { a: 'b' } })
  t.deepEqual(image.layers, [...base.layers, { sha256: layer.sha256, bytes: layer.bytes }])
  t.is(image.config.rootfs.diff_ids.length, 2)
  t.deepEqual(image.config.config?.Cmd, ['/bin/entrypoint.sh'], 'stays')
  t.deepEqual(image.config.config?.Labels, { a: 'b' })
  t.is(image.config.history?.length, 2)
  const { stdout } = spawnSync('gzip', ['-dc', layer.file])
  t.is(layer.diffId, sha256(stdout))
  const paths = new Map([
    [sha256(below.layer), join(folder, 'below/blobs/sha256', sha256(below.layer))],
    [layer.sha256, layer.file],
  ])
  const blobPath = (hex: string): string => paths.get(hex) ?? ''
  await writeLayout(image, 'boxhound/agent:latest', blobPath, join(folder, 'above'))
  t.deepEqual(await readLayout(join(folder, 'above'), origin), image)
  await writeArchive(image, 'boxhound/agent:latest', blobPath, join(folder, 'above.tar'))
  t.deepEqual(await readArchive(join(folder, 'above.tar'), origin), image)
})

test('the same layer gives the same bytes, the same image the same archive', async (t) => {
  const folder = await temporaryFolder(t)
  const made = async (name: string) => {
    const layer = await compressLayer(tarOf(items), join(folder, `${name}.layer`), 'test')
    const image = appendLayers(undefined, [layer], { Cmd: ['/bin/true'] })
    await writeArchive(image, 'x', () => layer.file, join(folder, `${name}.tar`))
    return [image.sha256, await sha256File(join(folder, `${name}.tar`))]
  }
  t.deepEqual(await made('one'), await made('two'))
})

test('docker’s layers are told in OCI’s words, byte for byte the same', async (t) => {
  const folder = await temporaryFolder(t)
  const plain = await smallImage()
  const docker = await smallImage({
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: describe(plain.config, 'application/vnd.docker.container.image.v1+json'),
    layers: [describe(plain.layer, 'application/vnd.docker.image.rootfs.diff.tar.gzip')],
  })
  writeFiles(folder, layoutFiles(docker))
  const base = await readLayout(folder, origin)
  const layer = await compressLayer(tarOf(items), join(folder, 'layer'), 'test')
  const { manifest } = appendLayers(base, [layer], {})
  t.deepEqual(
    manifest.layers.map(({ mediaType }) => mediaType),
    Array(2).fill('application/vnd.oci.image.layer.v1.tar+gzip'),
  )
  t.is(manifest.layers[0]?.digest, `sha256:${sha256(plain.layer)}`)
})

test('more layers than any runtime mounts are refused', async (t) => {
  const folder = await temporaryFolder(t)
  const layer = await compressLayer(tarOf(items), join(folder, 'layer'), 'test')
  t.throws(() => appendLayers(undefined, Array(128).fill(layer), {}), { message: /too many layers/ })
})

test('a file that changes while it is archived is noticed', async (t) => {
  const folder = await temporaryFolder(t)
  writeFileSync(join(folder, 'file'), 'longer')
  const item = { path: 'file', mode: 0o644, content: { file: join(folder, 'file'), bytes: 3 } }
  await t.throwsAsync(compressLayer(tarOf([item]), join(folder, 'layer'), 'test'), { message: /6 bytes instead of 3/ })
  t.is(readFileSync(join(folder, 'file'), 'utf8'), 'longer')
})
