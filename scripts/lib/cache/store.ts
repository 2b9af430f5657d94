import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomic } from '../_helpers/atomic.ts'
import type { Project } from '../_helpers/paths.ts'

/** What the store knows of a layer; ID.json beside ID.qcow2. A layer without it was never finished. */
const layerRecordSchema = z.object({
  id: z.string(),
  name: z.string(),
  parent: z.string().nullable(),
  sha256: z.string(),
  bytes: z.number(),
  seconds: z.number(),
  created: z.string(),
  /** Installed packages, of a seal layer only. */
  packages: z.array(z.object({ name: z.string(), version: z.string(), source: z.string() })).optional(),
})
export type LayerRecord = z.infer<typeof layerRecordSchema>

/** Folder of the overlays: all of them side by side, so that backing files are named without a folder. */
export const layersFolder = (project: Project): string => join(project.cache, 'layers')

export const overlayPath = (project: Project, id: string): string => join(layersFolder(project), `${id}.qcow2`)

/** What is known of the file of a layer since it was hashed last. */
export const seenPath = (project: Project, id: string): string => join(layersFolder(project), `${id}.seen`)

const recordPath = (project: Project, id: string): string => join(layersFolder(project), `${id}.json`)

/** What was recorded of a layer, whatever has become of its file since; undefined without a readable record. */
export const readRecord = async (project: Project, id: string): Promise<LayerRecord | undefined> => {
  try {
    return layerRecordSchema.parse(JSON.parse(await readFile(recordPath(project, id), 'utf8')))
  } catch {
    return undefined // missing and unreadable are the same here: the layer is built again
  }
}

/** Makes a built overlay a stored layer: from here on it counts. */
export const recordLayer = async (project: Project, record: LayerRecord): Promise<void> =>
  writeAtomic(recordPath(project, record.id), `${JSON.stringify(record, null, 1)}\n`)

/** Removes a layer, its record first, so that it never counts without its file. */
export const dropLayer = async (project: Project, id: string): Promise<void> => {
  await rm(recordPath(project, id), { force: true })
  await rm(seenPath(project, id), { force: true })
  await rm(overlayPath(project, id), { force: true })
}

/** All recorded layers, newest first, those with a missing or cut file too. */
export const listRecords = async (project: Project): Promise<LayerRecord[]> => {
  const names = await readdir(layersFolder(project)).catch(() => [])
  const records = await Promise.all(
    names.filter((name) => /^[0-9a-f]{64}\.json$/.test(name)).map((name) => readRecord(project, name.slice(0, 64))),
  )
  return records.filter((record) => record !== undefined).sort((a, b) => (a.created < b.created ? 1 : -1))
}
