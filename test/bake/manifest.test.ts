import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import {
  boxFolder,
  imagePath,
  looksPublished,
  type Manifest,
  readManifest,
  writeManifest,
} from '../../scripts/lib/bake/manifest.ts'
import { emptyProject } from '../cache/_store.ts'

const publish = async (t: ExecutionContext): Promise<{ project: Project; manifest: Manifest }> => {
  const project = await emptyProject(t)
  const path = imagePath(project, 'lab')
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, 'image')
  const { size, mtimeMs } = await stat(path)
  const manifest: Manifest = {
    box: 'lab',
    version: '1.0.0',
    builder: 'chroot',
    labAgent: true,
    image: { file: 'lab.qcow2', format: 'qcow2', bytes: size, virtualBytes: 4096, sha256: 'x', modified: mtimeMs },
    layers: [{ name: 'image', id: 'i', parent: null, cached: true, seconds: 1, bytes: 2 }],
    packages: [{ name: 'curl', version: '8', source: 'curl' }],
    base: { kind: 'lab' },
    tools: { packer: '1.6.6' },
    seconds: 3,
  }
  await writeManifest(project, manifest)
  return { project, manifest }
}

test('a manifest is read as it was written, and nothing else lies beside the image', async (t) => {
  const { project, manifest } = await publish(t)
  t.deepEqual(await readManifest(project, 'lab'), manifest)
  t.deepEqual((await readdir(boxFolder(project, 'lab'))).sort(), ['lab.qcow2', 'manifest.json'])
})

test('no manifest, half of one and one of another shape count as nothing published', async (t) => {
  const { project } = await publish(t)
  t.is(await readManifest(project, 'other'), undefined)
  for (const text of ['{"box": "lab"', '{}', '{"box":"lab","builder":"by hand"}']) {
    await writeFile(`${boxFolder(project, 'lab')}/manifest.json`, text)
    t.is(await readManifest(project, 'lab'), undefined, text)
  }
})

test('the image is taken for the published one by size and time', async (t) => {
  const { project, manifest } = await publish(t)
  t.true(await looksPublished(project, manifest))
  t.false(await looksPublished(project, { ...manifest, image: { ...manifest.image, bytes: 6 } }))
  await utimes(imagePath(project, 'lab'), 1, 1)
  t.false(await looksPublished(project, manifest), 'touched')
  t.false(await looksPublished(project, { ...manifest, box: 'other' }), 'absent')
})
