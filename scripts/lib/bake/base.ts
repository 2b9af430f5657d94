// Builds the lowest layer from the lab's base or a downloaded disk image.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import type { Box, Publisher } from '../box/box.ts'
import { fetchImage, type ImageSource } from '../fetch/download.ts'
import { lookUp, mirrored } from '../fetch/look-up.ts'
import type { Network } from '../fetch/network.ts'
import { downloadText } from '../fetch/progress.ts'
import { type InputFolders, run } from './host-step.ts'
import { startLabServer } from './lab-server.ts'
import { once } from './once.ts'

/** Where downloaded disk images are kept. */
const imagesFolder = ({ cache }: Project): string => join(cache, 'images')

/**
 * The scripts that build the lowest layer, with arguments; `@OUT@` stands for the image's path (packer/chroot/layer.sh,
 * build_base).
 */
export type Builder = readonly (readonly [script: string, ...args: string[]])[]

/**
 * The lab's Debian base, or a disk image converted to a layer.
 *
 * @param image the disk image's file; undefined for the lab's base.
 */
export const builderOf = (
  { base, image: { size } }: Box,
  image: string | undefined,
  { tool }: Pick<Project, 'tool'>,
): Builder => {
  const bytes = size === null ? '-' : String(size)
  const { id, versionId } = base.system
  if (image !== undefined) return [[join(tool, 'disk/import.sh'), image, '@OUT@', bytes, id, versionId]]
  const made: Builder = [[join(tool, 'lab/base/build.sh'), '@OUT@']]
  return size === null ? made : [...made, [join(tool, 'disk/grow.sh'), '@OUT@', bytes]]
}

/** One word per line, with an empty line between two scripts. */
const builderText = (builder: Builder): string => builder.map((words) => `${words.join('\n')}\n`).join('\n')

/** The lab's cloud image in a release folder with its signed list, as a publisher has it; built once per layer id. */
const labReleases = (id: string, folders: InputFolders, project: Project): Promise<string> => {
  const lab = join(project.cache, 'lab')
  return once(join(lab, `cloud-${id.slice(0, 16)}`), folders.scratch, async (folder) => {
    const log = join(folders.logs, 'lab-cloud.log')
    const build = join(project.tool, 'lab/cloud/build.sh')
    await run(['bash', build, join(folder, 'tree'), join(lab, 'gnupg-images')], log, project.tool, folders)
    // The last line of the build's output. It is read from the log, so that a finished folder need not be built again.
    const fingerprint = (await readFile(log, 'utf8')).trimEnd().split('\n').at(-1) ?? ''
    await writeFile(join(folder, 'fingerprint'), fingerprint)
  })
}

/** Downloads an image by its digest, from the mirror of the publisher if the box file has one. */
const fetchPublished = (
  { image, sha256 }: ImageSource,
  { base, mirrors }: Box,
  network: Network,
  project: Project,
  doing: (text: string) => void,
): Promise<string> =>
  fetchImage(
    { image: mirrored(image, base.system.publisher, mirrors?.images), sha256 },
    {
      folder: imagesFolder(project),
      network,
      progress: (state) => doing(`fetching  ${downloadText(state)}`),
      tell: doing,
    },
  )

/**
 * The lab's stand-in for a published image, served on loopback and downloaded like any other: newest release, signed
 * list, digest.
 */
const fetchTwin = async (
  box: Box,
  id: string,
  folders: InputFolders,
  project: Project,
  doing: (text: string) => void,
): Promise<string> => {
  doing('building the lab’s cloud image')
  const folder = await labReleases(id, folders, project)
  const tree = join(folder, 'tree')
  const server = await startLabServer()
  try {
    const publisher: Publisher = {
      releases: `${server.serve('images', tree)}releases/trixie/`,
      image: 'boxhound-lab-server-cloudimg-amd64.img',
      keyring: join(tree, 'cloudimg-keyring.gpg'),
      fingerprint: await readFile(join(folder, 'fingerprint'), 'utf8'),
    }
    const { network } = folders.network
    return await fetchPublished(await lookUp(publisher, network), box, network, project, doing)
  } finally {
    await server.close()
  }
}

/**
 * Creates the stage of the lowest layer: downloads the disk image if the box is based on one, and writes to `builder`
 * how to convert it to a layer.
 *
 * @param id of the layer.
 * @param doing called with the progress of slow steps.
 * @throws BoxhoundError E_INPUT, and the errors of `fetchImage` and `lookUp`.
 */
export const fetchBase = async (
  box: Box,
  id: string,
  staged: string,
  folders: InputFolders,
  project: Project,
  doing: (text: string) => void,
): Promise<void> => {
  const { base } = box
  const fetched = async (): Promise<string | undefined> => {
    if (base.kind === 'lab') return undefined
    if (base.kind === 'lab-image') return fetchTwin(box, id, folders, project, doing)
    return fetchPublished(base, box, folders.network.network, project, doing)
  }
  await writeFile(join(staged, 'builder'), builderText(builderOf(box, await fetched(), project)))
}
