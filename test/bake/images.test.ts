import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { makeImages, publishStep } from '../../scripts/lib/bake/images.ts'
import { boxFolder, type Manifest } from '../../scripts/lib/bake/manifest.ts'
import type { Format } from '../../scripts/lib/box/box.ts'
import { overlayPath } from '../../scripts/lib/cache/store.ts'
import { emptyProject, idOf } from '../cache/_store.ts'
import { publication, publish, storeDisk, tip } from './_published.ts'

// Converting runs in namespaces of its own, which needs root as a bake does.
const rooted = process.getuid?.() === 0 ? test.serial : test.serial.skip

/** Makes images anew beside published ones: what the display showed, and the images. */
const again = async (
  project: Project,
  earlier: Manifest | undefined,
  formats: readonly Format[],
  id = tip,
): Promise<{ shown: string[]; images: Manifest['images'] }> => {
  const shown: string[] = []
  const progress = {
    started: (step: string): void => void shown.push(`${step} …`),
    ended: (step: string, { kind }: { kind: string }): void => void shown.push(`${step} ${kind}`),
  }
  const order = publication({ earlier, formats, tip: id }, project)
  const { images } = await makeImages(order, progress, project)
  await rm(order.staging, { recursive: true })
  return { shown, images }
}

test('the display has a step for each format', (t) => {
  t.deepEqual((['qcow2', 'raw', 'vmdk', 'vhd'] as const).map(publishStep), ['publish', 'as raw', 'as vmdk', 'as vhd'])
})

rooted('another format in the box file is made from the published qcow2, which stays; no layer is read', async (t) => {
  const project = await emptyProject(t)
  await storeDisk(project)
  const earlier = await publish(project, { formats: ['qcow2', 'raw'] })
  await rm(overlayPath(tip, project))
  const { shown, images } = await again(project, earlier, ['qcow2', 'raw', 'vhd'])
  t.deepEqual(shown, ['publish cached', 'as raw cached', 'as vhd …', 'as vhd built'])
  t.deepEqual(images.slice(0, 2), earlier.images)
  t.is(images[2]?.bytes, (8 << 20) + 512)
})

rooted(
  'a container image is written by its own writer, has a digest and no disk, and is kept like the others',
  async (t) => {
    const project = await emptyProject(t)
    await storeDisk(project)
    let written = 0
    const writeContainer = async (target: string): Promise<string> => {
      written += 1
      await writeFile(target, 'archive')
      return 'sha256:abc'
    }
    const earlier = await publish(project, { formats: ['qcow2', 'oci'], writeContainer })
    t.like(earlier.images[1], { file: 'lab.oci.tar', format: 'oci', bytes: 7, virtualBytes: 0, digest: 'sha256:abc' })
    t.true(earlier.image.virtualBytes > 0)
    const { shown, images } = await again(project, earlier, ['qcow2', 'oci'])
    t.deepEqual(shown, ['publish cached', 'as oci cached'])
    t.deepEqual(images, earlier.images)
    t.is(written, 1)
    await t.throwsAsync(publish(project, { formats: ['qcow2', 'oci'] }), { message: /nobody writes/ })
  },
)

rooted('a lost format is made again, alone', async (t) => {
  const project = await emptyProject(t)
  await storeDisk(project)
  const earlier = await publish(project, { formats: ['qcow2', 'raw', 'vhd'] })
  await rm(join(boxFolder('lab', project), 'lab.raw'))
  const { shown } = await again(project, earlier, ['qcow2', 'raw', 'vhd'])
  // Hashed while the display goes on.
  t.deepEqual(shown.sort(), ['as raw built', 'as raw …', 'as vhd cached', 'publish cached'])
})

rooted('another disk, or nothing published: everything is made', async (t) => {
  const project = await emptyProject(t)
  await storeDisk(project)
  await storeDisk(project, idOf('other'))
  const earlier = await publish(project, { formats: ['qcow2', 'raw'] })
  const built = ['publish …', 'as raw …', 'as raw built', 'publish built']
  for (const given of [
    await again(project, earlier, ['qcow2', 'raw'], idOf('other')),
    await again(project, undefined, ['qcow2', 'raw']),
  ])
    t.deepEqual([...given.shown].sort(), [...built].sort())
})

rooted(
  'fault 31: a published qcow2 with a flipped bit, of the same size and time, is made anew with all made from it',
  async (t) => {
    const project = await emptyProject(t)
    await storeDisk(project)
    const earlier = await publish(project, { formats: ['qcow2', 'raw'] })
    const path = join(boxFolder('lab', project), 'lab.qcow2')
    const content = await readFile(path)
    content.writeUInt8(content.readUInt8(content.length - 1) ^ 1, content.length - 1)
    await writeFile(path, content)
    // What the manifest takes it for: a changed file of the old time.
    const images = await Promise.all(
      earlier.images.map(async (image) => ({
        ...image,
        modified: (await stat(join(boxFolder('lab', project), image.file))).mtimeMs,
      })),
    )
    const { shown } = await again(project, { ...earlier, images }, ['qcow2', 'raw'])
    t.false(
      shown.some((line) => line.endsWith('cached')),
      shown.join(),
    )
  },
)
