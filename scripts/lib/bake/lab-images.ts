// Builds the lab's container images: Debian's root, and a package on top.

import { createReadStream } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { sha256 } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { appendLayers, compressLayer, type NewLayer } from '../oci/append.ts'
import { configDocument } from '../oci/documents.ts'
import type { Image } from '../oci/resolve.ts'
import { digestFolder } from '../plan/digest.ts'
import { readLabImage } from '../plan/lab-image.ts'
import type { ImageSet } from '../render/rendered-box.ts'
import { type InputFolders, run } from './host-step.ts'
import { labRepository } from './inputs.ts'
import { once } from './once.ts'

/** An image and where the blobs of its layers are. */
export interface LocalImage {
  readonly image: Image
  readonly blobPath: (hex: string) => string
}

const digestOf = async (folders: readonly string[], project: Project): Promise<string> =>
  (await Promise.all(folders.map((folder) => digestFolder(join(project.tool, folder))))).join()

/**
 * A layer whose archive a script writes, built once per key: the folder has the compressed layer and what is known of
 * it.
 *
 * @param make writes the archive to this path.
 */
const layerOnce = async (
  key: string,
  by: string,
  make: (archive: string) => Promise<void>,
  { scratch }: InputFolders,
  project: Project,
): Promise<NewLayer> => {
  const folder = await once(join(project.cache, 'lab', `layer-${key}`), scratch, async (temporary) => {
    await mkdir(scratch, { recursive: true })
    const archive = `${temporary}.tar`
    try {
      await make(archive)
      const { file: _, ...layer } = await compressLayer(createReadStream(archive), join(temporary, 'layer.tar.gz'), by)
      await writeFile(join(temporary, 'layer.json'), JSON.stringify(layer))
    } finally {
      await rm(archive, { force: true })
    }
  })
  // Ours, and hashed by `once`.
  const layer: Omit<NewLayer, 'file'> = JSON.parse(await readFile(join(folder, 'layer.json'), 'utf8'))
  return { ...layer, file: join(folder, 'layer.tar.gz') }
}

/** The package of a version in the lab's repository; its file name has a dot in the place of the plus sign. */
const packageOf = async (set: string, version: string, folders: InputFolders, project: Project): Promise<string> => {
  const repository = await labRepository(set, folders, project)
  const index = await readFile(join(repository, 'apt/dists/stable/7/binary-amd64/Packages'), 'utf8')
  const versions: string[] = []
  for (const paragraph of index.split('\n\n')) {
    const own = /^Version: (?:\d+:)?(.+)-\d+$/m.exec(paragraph)?.[1]
    const file = /^Filename: ([^\s/]+(?:\/[^\s/]+)*)$/m.exec(paragraph)?.[1]
    if (own !== undefined) versions.push(own)
    if (own === version && file !== undefined) return join(repository, 'apt', file)
  }
  throw new BoxhoundError('E_LAB_IMAGE', `the lab has no package of version ${version}`, {
    file: join(set, 'versions.txt'),
    expected: `one of ${versions.join(', ')}`,
    found: version,
    exitCode: 2,
    next: 'choose one of these, or add the version to the file',
  })
}

/**
 * An image of the lab, made from Debian's packages and, if its image.json names one, a package of the lab. Each layer is
 * built once per refresh period and what it is made from.
 *
 * @throws BoxhoundError E_INPUT, E_LAB_IMAGE
 */
export const labImage = async (
  { lab, version = '' }: Extract<ImageSet, { lab: string }>,
  period: string,
  folders: InputFolders,
  project: Project,
): Promise<LocalImage> => {
  const { package: set, config } = readLabImage(join(project.tool, lab))
  const { logs } = folders
  const script = (name: string): string => join(project.tool, 'lab/images', name)
  const rootKey = sha256(`${period}\0${await digestOf(['lab/images', 'lab/base'], project)}`)
  const root = await layerOnce(
    rootKey,
    'Debian 13 with Python',
    (archive) => run(['bash', script('root.sh'), archive], join(logs, 'lab-image-root.log'), project.tool, folders),
    folders,
    project,
  )
  const layers = [root]
  if (set !== undefined) {
    const deb = await packageOf(set, version, folders, project)
    const key = sha256([rootKey, lab, version, await digestOf([set], project)].join('\0'))
    const log = join(logs, `lab-image-${lab.split('/').at(-1)}.log`)
    const build = join(project.tool, lab, 'build.sh')
    const environment = { BOXHOUND_SCRATCH: folders.scratch }
    layers.push(
      await layerOnce(
        key,
        `${set} ${version}`,
        (archive) => run(['bash', build, root.file, deb, archive], log, project.tool, folders, environment),
        folders,
        project,
      ),
    )
  }
  const files = new Map(layers.map(({ sha256: hex, file }) => [hex, file]))
  return {
    image: appendLayers(undefined, layers, configDocument.shape.config.parse(config) ?? {}),
    blobPath: (hex) => files.get(hex) ?? '',
  }
}
