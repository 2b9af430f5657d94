// Layers and their records.

import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomic } from '../_helpers/atomic.ts'
import { isErrno } from '../_helpers/errors.ts'
import { isObject } from '../_helpers/json.ts'
import type { Project } from '../_helpers/paths.ts'

const digest = z.string().regex(/^[0-9a-f]{64}$/)

/** What the store knows of a layer; ID.json beside ID.qcow2. A layer without it was never finished. */
const layerRecordSchema = z.object({
  id: digest,
  name: z.string(),
  parent: digest.nullable(),
  /** SHA-256 of the very file below, as it was when this layer was built; null for the lowest layer (cache/binding.ts). */
  parentSha256: digest.nullable(),
  sha256: digest,
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

/** Records of boxhound 0.1.0's first months name no build of their parent. The lowest layer has none, so its record stays good. */
const upgraded = (value: unknown): unknown =>
  isObject(value) && value.parent === null && !('parentSha256' in value) ? { ...value, parentSha256: null } : value

/** What stands at the place of a layer's record: a record, why it is none, or undefined for nothing. */
export const inspectRecord = async (project: Project, id: string): Promise<LayerRecord | string | undefined> => {
  const text = await readFile(recordPath(project, id), 'utf8').catch((error: unknown) =>
    isErrno(error, 'ENOENT') ? undefined : '',
  )
  if (text === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'its record cannot be read'
  }
  const record = layerRecordSchema.safeParse(upgraded(value))
  if (!record.success)
    return isObject(value) && typeof value.sha256 === 'string' && !('parentSha256' in value)
      ? 'recorded by an older boxhound, without the SHA-256 of the layer below'
      : 'its record cannot be read'
  return record.data.id === id ? record.data : 'its record is another layer’s'
}

/** What was recorded of a layer, whatever has become of its file since; undefined without a usable record. */
export const readRecord = async (project: Project, id: string): Promise<LayerRecord | undefined> => {
  const found = await inspectRecord(project, id)
  return typeof found === 'object' ? found : undefined // missing and unusable are the same here: the layer is built again
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
