// The format `oci`: the Agent's container image with the checks of the box.

import { rm } from 'node:fs/promises'
import { BoxhoundError } from '../_helpers/errors.ts'
import { appendLayers, compressLayer } from '../oci/append.ts'
import { readArchive } from '../oci/layout.ts'
import type { Image } from '../oci/resolve.ts'
import { type TarItem, tarOf } from '../oci/tar-writer.ts'
import { writeArchive } from '../oci/write.ts'
import type { ImageSet, LayerName, Rendered } from '../render/rendered-box.ts'
import type { LocalImage } from './lab-images.ts'

/** The image that runs the Agent of a box; undefined if the Agent is a package. */
export const agentImageOf = ({ layers }: Pick<Rendered, 'layers'>): ImageSet | undefined =>
  layers.find(({ name }) => name === 'agent')?.spec.images?.find(({ name }) => name === 'agent')

const folders = /^etc\/datadog-agent\/(?:conf\.d|checks\.d)\//

/** Layers whose configuration means files, logins and ports of this box, which no other host has. */
const ownOfBox: readonly LayerName[] = ['database', 'app']

/** The user dd-agent of Datadog's image, in the group root (lab/images/README.md). */
const owner = { uid: 100, gid: 0 }

/** All folders on the way to a file below etc/datadog-agent, which exists in the image. */
const foldersOf = (path: string): string[] => {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/')).slice(2)
}

/**
 * The checks of a box and their configuration, as the entries of one layer.
 *
 * @returns also what was left out, with the reason.
 */
export const checksLayer = ({
  box,
  layers,
}: Pick<Rendered, 'box' | 'layers'>): { readonly items: readonly TarItem[]; readonly left: readonly string[] } => {
  const found = layers.flatMap(({ name, files }) =>
    files.filter(({ path }) => folders.test(path)).map((file) => ({ ...file, own: ownOfBox.includes(name) })),
  )
  const taken = found.filter(({ own }) => !own).sort((a, b) => (a.path < b.path ? -1 : 1))
  const parents = [...new Set(taken.flatMap(({ path }) => foldersOf(path)))].sort()
  return {
    items: [
      ...parents.map((path) => ({ path, mode: 0o775, ...owner })),
      // Readable and writable by the group, since the container may run as any user in it.
      ...taken.map(({ path, mode, content }) => ({ path, mode: (mode & 0o755) | 0o060, content, ...owner })),
    ],
    left: [
      ...(box.database === null
        ? []
        : [
            `the configuration of ${box.database.check.name}: each instance of the box makes its password at first boot`,
          ]),
      ...found.filter(({ own }) => own).map(({ path }) => `/${path}: it is about files of this box`),
    ],
  }
}

/**
 * Writes the archive and reads it again.
 *
 * @param scratch a path beside which no other run writes, on the same file system.
 * @returns the image. The file is not synced.
 * @throws BoxhoundError E_PUBLISH, E_OCI_IMAGE
 */
export const writeOci = async (
  rendered: Pick<Rendered, 'box' | 'layers'>,
  { image: below, blobPath }: LocalImage,
  target: string,
  scratch: string,
): Promise<Image> => {
  const { name, version } = rendered.box
  const layer = await compressLayer(
    tarOf(checksLayer(rendered).items),
    scratch,
    `boxhound: checks of ${name} ${version}`,
  )
  try {
    const labels = {
      'org.opencontainers.image.title': `${name}: the Agent with its checks`,
      'org.opencontainers.image.version': version,
    }
    const image = appendLayers(below, [layer], { Labels: { ...below.config.config?.Labels, ...labels } })
    const pathOf = (hex: string): string => (hex === layer.sha256 ? layer.file : blobPath(hex))
    await writeArchive(image, `${name}:${version.replaceAll(/[^A-Za-z0-9._-]/g, '-')}`, pathOf, target)
    const written = await readArchive(target, {
      name: target,
      next: 'is the disk full? the published images are unchanged',
    })
    if (written.sha256 === image.sha256) return image
    throw new BoxhoundError('E_PUBLISH', 'the archive holds another image', {
      file: target,
      expected: `sha256:${image.sha256}`,
      found: `sha256:${written.sha256}`,
    })
  } finally {
    await rm(scratch, { force: true })
  }
}
