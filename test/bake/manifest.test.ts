import { mkdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import {
  boxFolder,
  imagePath,
  looksPublished,
  type Manifest,
  manifestText,
  readManifest,
} from '../../scripts/lib/bake/manifest.ts'
import { emptyProject } from '../cache/_store.ts'

const publish = async (t: ExecutionContext): Promise<{ project: Project; manifest: Manifest }> => {
  const project = await emptyProject(t)
  const path = imagePath('lab', project)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, 'image')
  await writeFile(path.replace('qcow2', 'raw'), 'raw image')
  const { size, mtimeMs } = await stat(path)
  const raw = await stat(path.replace('qcow2', 'raw'))
  const image = {
    file: 'lab.qcow2',
    format: 'qcow2',
    bytes: size,
    virtualBytes: 4096,
    sha256: 'x',
    modified: mtimeMs,
  } as const
  const manifest: Manifest = {
    box: 'lab',
    version: '1.0.0',
    builder: 'chroot',
    labAgent: true,
    image,
    images: [image, { ...image, file: 'lab.raw', format: 'raw', bytes: raw.size, modified: raw.mtimeMs }],
    layers: [{ name: 'image', id: 'i', parent: null, cached: true, seconds: 1, bytes: 2 }],
    packages: [{ name: 'curl', version: '8', source: 'curl' }],
    base: { kind: 'lab' },
    tools: { packer: '1.6.6' },
    seconds: 3,
  }
  await writeFile(`${boxFolder('lab', project)}/manifest.json`, manifestText(manifest))
  return { project, manifest }
}

test('a manifest is read as it was written', async (t) => {
  const { project, manifest } = await publish(t)
  t.deepEqual(await readManifest('lab', project), manifest)
})

test('no manifest, half of one and one of another shape count as nothing published', async (t) => {
  const { project, manifest } = await publish(t)
  t.is(await readManifest('other', project), undefined)
  // As earlier versions wrote it.
  const withoutImages = JSON.stringify({ ...manifest, images: undefined })
  for (const text of ['{"box": "lab"', '{}', '{"box":"lab","builder":"by hand"}', withoutImages]) {
    await writeFile(`${boxFolder('lab', project)}/manifest.json`, text)
    t.is(await readManifest('lab', project), undefined, text)
  }
})

test('the images are taken for the published ones by size and time', async (t) => {
  const { project, manifest } = await publish(t)
  t.true(await looksPublished(manifest, project))
  t.false(await looksPublished({ ...manifest, box: 'other' }, project), 'absent')
  t.false(await looksPublished({ ...manifest, images: [{ ...manifest.image, bytes: 6 }] }, project))
  const raw = imagePath('lab', project).replace('qcow2', 'raw')
  const { atime, mtime } = await stat(raw)
  await utimes(raw, 1, 1)
  t.false(await looksPublished(manifest, project), 'another format touched')
  t.true(await looksPublished({ ...manifest, images: [manifest.image] }, project))
  await utimes(raw, atime, mtime)
  await rm(raw)
  t.false(await looksPublished(manifest, project), 'another format lost')
  await utimes(imagePath('lab', project), 1, 1)
  t.false(await looksPublished({ ...manifest, images: [manifest.image] }, project), 'touched')
})
