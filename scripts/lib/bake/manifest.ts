// Reads and writes manifest.json.

import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomic } from '../_helpers/atomic.ts'
import type { Project } from '../_helpers/paths.ts'
import { formats } from '../box/schema.ts'
import type { Seed } from '../render/rendered-box.ts'

/** Names of the builders (builders.ts). */
export const builderNames = ['chroot'] as const
export type BuilderName = (typeof builderNames)[number]

const imageSchema = z.object({
  file: z.string(),
  format: z.enum(formats),
  bytes: z.number(),
  /** Size of the disk; 0 for what is no disk. */
  virtualBytes: z.number(),
  sha256: z.string(),
  /**
   * Modification time in ms. With the size, it lets a bake with nothing to do recognize the file without reading it.
   */
  modified: z.number(),
  /** Of a container image: the digest of its manifest, by which a registry knows it. */
  digest: z.string().optional(),
})
export type PublishedImage = z.infer<typeof imageSchema>

const manifestSchema = z.object({
  box: z.string(),
  version: z.string(),
  builder: z.enum(builderNames),
  labAgent: z.boolean(),
  /** The image that is booted and verified. */
  image: imageSchema.extend({ format: z.literal('qcow2') }),
  /** The image in all formats, including the qcow2. */
  images: z.array(imageSchema),
  layers: z.array(
    z.object({
      name: z.string(),
      id: z.string(),
      parent: z.string().nullable(),
      cached: z.boolean(),
      seconds: z.number(),
      bytes: z.number(),
    }),
  ),
  packages: z.array(z.object({ name: z.string(), version: z.string(), source: z.string() })),
  base: z.record(z.string(), z.string()),
  tools: z.record(z.string(), z.string()),
  seconds: z.number(),
})

/** out/BOX/manifest.json: what was published, from which layers, with which packages. */
export type Manifest = z.infer<typeof manifestSchema>

export const boxFolder = (box: string, project: Project): string => join(project.out, box)
export const imagePath = (box: string, project: Project): string => join(boxFolder(box, project), `${box}.qcow2`)
const manifestPath = (box: string, project: Project): string => join(boxFolder(box, project), 'manifest.json')

/** The manifest of the published image; undefined if there is none, or none that can be read. */
export const readManifest = async (box: string, project: Project): Promise<Manifest | undefined> => {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(manifestPath(box, project), 'utf8')))
  } catch {
    return undefined // unpublished, or from another version of boxhound: the image is published again
  }
}

export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`

/** Whether an image file still looks like the published one: by size and time, not by content. */
export const looksLike = async (
  box: string,
  { file, bytes, modified }: PublishedImage,
  project: Project,
): Promise<boolean> => {
  try {
    const { size, mtimeMs } = await stat(join(boxFolder(box, project), file))
    return size === bytes && mtimeMs === modified
  } catch {
    return false
  }
}

/** Whether all images in the manifest still look like the published ones. */
export const looksPublished = async ({ box, images }: Manifest, project: Project): Promise<boolean> => {
  const seen = await Promise.all(images.map((one) => looksLike(box, one, project)))
  return seen.every(Boolean)
}

/** The newest draft: an overlay in the store, and how a machine booted from it takes its inputs. */
export interface DraftFile {
  readonly file: string
  readonly sha256: string
  readonly seed: Seed
}

/** out/BOX/draft.json: where the newest draft is, for `up --draft`. Nothing published changes. */
export const writeDraft = (box: string, draft: DraftFile, project: Project): Promise<void> =>
  writeAtomic(join(boxFolder(box, project), 'draft.json'), `${JSON.stringify(draft, null, 2)}\n`)
