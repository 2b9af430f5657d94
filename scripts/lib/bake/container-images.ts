// Stages container images for a layer.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import { parseImageReference } from '../box/image-reference.ts'
import { pullImage } from '../oci/pull.ts'
import type { Image } from '../oci/resolve.ts'
import { blobPath } from '../oci/store.ts'
import { writeLayout } from '../oci/write.ts'
import type { PlannedLayer } from '../plan/planned-layer.ts'
import type { ImageSet } from '../render/rendered-box.ts'
import type { InputFolders } from './host-step.ts'
import { type LocalImage, labImage } from './lab-images.ts'

/** How to report what happens while images are fetched. */
export interface ImageTold {
  readonly note: (line: string) => void
  readonly doing: (text: string) => void
}

/** An image from a registry or of the lab, with its blobs on this machine. */
export const localImage = async (
  set: ImageSet,
  period: string,
  folders: InputFolders,
  { note, doing }: ImageTold,
  project: Project,
): Promise<LocalImage> => {
  if ('lab' in set) return labImage(set, period, folders, project)
  const reference = parseImageReference(set.image)
  if (typeof reference === 'string') throw new Error(`a checked reference: ${reference}`)
  const image = await pullImage(
    reference,
    {
      network: folders.network.network,
      tell: (line) => note(`image ${set.name}: ${line}`),
      doing: (text) => doing(`pulling   ${text}`),
    },
    project,
  )
  return { image, blobPath: (hex) => blobPath(hex, project) }
}

/** What scripts and the suite need to know of an image, as JSON. */
export const factsOf = (set: ImageSet, { sha256, config: { config, rootfs }, layers }: Image): string =>
  `${JSON.stringify(
    {
      name: set.name,
      digest: `sha256:${sha256}`,
      reference: 'lab' in set ? 'lab' : set.image,
      config: {
        entrypoint: config?.Entrypoint ?? [],
        cmd: config?.Cmd ?? [],
        env: config?.Env ?? [],
        user: config?.User ?? '',
        workdir: config?.WorkingDir ?? '',
        volumes: Object.keys(config?.Volumes ?? {}),
        labels: config?.Labels ?? {},
        healthcheck: config?.Healthcheck ?? null,
      },
      layers: layers.map((layer) => `sha256:${layer.sha256}`),
      diffIds: rootfs.diff_ids,
    },
    null,
    2,
  )}\n`

/**
 * Writes a layer's container images to its staged folder: `images/NAME/`, an OCI layout, and `images/NAME.json`. An
 * image of a registry is pulled by its digest before, unless the store has it.
 *
 * @throws BoxhoundError E_OCI_IMAGE, E_REGISTRY_…, E_FETCH_…, E_INPUT.
 */
export const stageImages = async (
  { rendered, period }: PlannedLayer,
  staged: string,
  folders: InputFolders,
  told: ImageTold,
  project: Project,
): Promise<void> => {
  for (const set of rendered?.spec.images ?? []) {
    const { image, blobPath: pathOf } = await localImage(set, period, folders, told, project)
    const folder = join(staged, 'images')
    await mkdir(folder, { recursive: true })
    await writeLayout(image, `boxhound/${set.name}:latest`, pathOf, join(folder, set.name))
    await writeFile(join(folder, `${set.name}.json`), factsOf(set, image))
  }
}
