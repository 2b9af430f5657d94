import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { makeImages, type Publication, stagingFolder } from '../../scripts/lib/bake/images.ts'
import { boxFolder, type Manifest } from '../../scripts/lib/bake/manifest.ts'
import type { Progress } from '../../scripts/lib/bake/progress.ts'
import { publishSet } from '../../scripts/lib/bake/publish.ts'
import { layersFolder, overlayPath } from '../../scripts/lib/cache/store.ts'
import { idOf } from '../cache/_store.ts'

export const tip = idOf('seal')
export const expectations = '{"box":"lab"}\n'

/** A disk of 8 MiB with something at its beginning, in its middle and at its end, as the layer that is published. */
export const storeDisk = async (project: Project, id = tip): Promise<void> => {
  await mkdir(layersFolder(project), { recursive: true })
  const path = overlayPath(id, project)
  await $({ quiet: true })`qemu-img create -q -f qcow2 -- ${path} 8M`
  // Its first byte tells disks of different ids apart.
  for (const write of [`write -q -P 0x${id.slice(0, 2)} 0 64k`, 'write -q -P 2 4000k 3k', 'write -q -P 3 8388096 512'])
    await $({ quiet: true })`qemu-io -f qcow2 -c ${write} -- ${path}`
}

export const silent: Pick<Progress, 'started' | 'ended'> = { started: () => {}, ended: () => {} }

export const publication = (given: Partial<Publication>, project: Project): Publication => ({
  box: 'lab',
  tip,
  formats: ['qcow2'],
  earlier: undefined,
  staging: stagingFolder('lab', project),
  ...given,
})

export const manifestOf = (images: Pick<Manifest, 'image' | 'images'>, id = tip): Manifest => ({
  box: 'lab',
  version: '1.0.0',
  builder: 'chroot',
  labAgent: true,
  ...images,
  layers: [{ name: 'seal', id, parent: null, cached: true, seconds: 1, bytes: 2 }],
  packages: [{ name: 'curl', version: '8', source: 'curl' }],
  base: { kind: 'lab' },
  tools: { packer: '1.6.6' },
  seconds: 3,
})

/** Makes and publishes, as a bake does. */
export const publish = async (project: Project, given: Partial<Publication> = {}): Promise<Manifest> => {
  const order = publication(given, project)
  const manifest = manifestOf(await makeImages(order, silent, project), order.tip)
  await publishSet(manifest, expectations, order.staging, project)
  await $({ quiet: true })`rm -r -- ${order.staging}`
  return manifest
}

/** Something at the place of a published file, to see that it stays. */
export const writePublished = async (name: string, content: string, project: Project): Promise<string> => {
  await mkdir(boxFolder('lab', project), { recursive: true })
  const path = join(boxFolder('lab', project), name)
  await writeFile(path, content)
  return path
}
