// Layers and their records.

import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomic } from '../_helpers/atomic.ts'
import { isErrno } from '../_helpers/errors.ts'
import { isObject } from '../_helpers/json.ts'
import type { Project } from '../_helpers/paths.ts'

const digest = z.string().regex(/^[0-9a-f]{64}$/)

/** A layer's record, ID.json beside ID.qcow2. A layer without one was never finished. */
const layerRecordSchema = z.object({
  id: digest,
  name: z.string(),
  parent: digest.nullable(),
  /** SHA-256 of the backing file when this layer was built; null for the lowest layer (cache/binding.ts). */
  parentSha256: digest.nullable(),
  sha256: digest,
  bytes: z.number(),
  seconds: z.number(),
  created: z.string(),
  /** Installed packages; seal layers only. */
  packages: z.array(z.object({ name: z.string(), version: z.string(), source: z.string() })).optional(),
})
export type LayerRecord = z.infer<typeof layerRecordSchema>

/** Folder of the overlays: all in one folder, so that backing files are named without a path. */
export const layersFolder = (project: Project): string => join(project.cache, 'layers')

export const overlayPath = (id: string, project: Project): string => join(layersFolder(project), `${id}.qcow2`)

/** State of a layer's file when it was last hashed. */
export const seenPath = (id: string, project: Project): string => join(layersFolder(project), `${id}.seen`)

const recordPath = (id: string, project: Project): string => join(layersFolder(project), `${id}.json`)

/** Early records of boxhound 0.1.0 lack their parent's digest. The lowest layer has no parent, so its record remains valid. */
const upgraded = (value: unknown): unknown =>
  isObject(value) && value.parent === null && !('parentSha256' in value) ? { ...value, parentSha256: null } : value

/** Reads a layer's record: the record, why it is unusable, or undefined if absent. */
export const inspectRecord = async (id: string, project: Project): Promise<LayerRecord | string | undefined> => {
  const text = await readFile(recordPath(id, project), 'utf8').catch((error: unknown) =>
    isErrno(error, 'ENOENT') ? undefined : '',
  )
  if (text === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'its record is unreadable'
  }
  const record = layerRecordSchema.safeParse(upgraded(value))
  if (!record.success)
    return isObject(value) && typeof value.sha256 === 'string' && !('parentSha256' in value)
      ? 'recorded by an older boxhound, without the SHA-256 of the layer below'
      : 'its record is unreadable'
  return record.data.id === id ? record.data : 'its record belongs to another layer'
}

/** A layer's record, whatever the state of its file; undefined without a usable one. */
export const readRecord = async (id: string, project: Project): Promise<LayerRecord | undefined> => {
  const found = await inspectRecord(id, project)
  return typeof found === 'object' ? found : undefined // missing or unusable: either way, the layer is rebuilt
}

/** Records a built overlay, which makes it a stored layer. */
export const recordLayer = async (record: LayerRecord, project: Project): Promise<void> =>
  writeAtomic(recordPath(record.id, project), `${JSON.stringify(record, null, 1)}\n`)

/** Removes a layer: its record first, so that there is never a record without a file. */
export const dropLayer = async (id: string, project: Project): Promise<void> => {
  await rm(recordPath(id, project), { force: true })
  await rm(seenPath(id, project), { force: true })
  await rm(overlayPath(id, project), { force: true })
}

/** All recorded layers, newest first, including those with a missing or truncated file. */
export const listRecords = async (project: Project): Promise<LayerRecord[]> => {
  const names = await readdir(layersFolder(project)).catch(() => [])
  const records = await Promise.all(
    names.filter((name) => /^[0-9a-f]{64}\.json$/.test(name)).map((name) => readRecord(name.slice(0, 64), project)),
  )
  return records.filter((record) => record !== undefined).sort((a, b) => (a.created < b.created ? 1 : -1))
}
