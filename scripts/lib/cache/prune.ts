// Removes what is no longer needed.

import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { objectOf, objectsOf } from '../_helpers/json.ts'
import { holdFile } from '../_helpers/kernel-lock.ts'
import type { Project } from '../_helpers/paths.ts'
import { countRuns, idsInUse, pruneGate } from './leftovers.ts'
import { dropLayer, type LayerRecord, listRecords, overlayPath } from './store.ts'

export interface PruneOptions {
  /** Unused layers younger than this many days are kept. */
  readonly days: number
  /** Milliseconds since 1970. */
  readonly now: number
}

const day = 86_400_000

/** Whether something is younger than `days`. A time in the future means a wrong clock; up to a day is tolerated. */
const isYoung = (time: number, { days, now }: PruneOptions): boolean =>
  now - time >= -day && Math.max(now - time, 0) < days * day

/** Ids of layers in published images. */
const publishedIds = async (project: Project): Promise<string[]> => {
  const ids: string[] = []
  for (const box of await readdir(project.out).catch(() => [])) {
    try {
      const manifest: unknown = JSON.parse(await readFile(join(project.out, box, 'manifest.json'), 'utf8'))
      for (const { id } of objectsOf(objectOf(manifest).layers)) if (typeof id === 'string') ids.push(id)
    } catch {
      // nothing published there
    }
  }
  return ids
}

/**
 * Layers that no published image, live run or remaining layer needs.
 *
 * @param kept ids to keep.
 */
export const prunable = (
  layers: readonly LayerRecord[],
  kept: ReadonlySet<string>,
  options: PruneOptions,
): LayerRecord[] => {
  const young = layers.filter(({ created }) => isYoung(Date.parse(created), options)).map(({ id }) => id)
  const parents = new Map(layers.map(({ id, parent }) => [id, parent]))
  const staying = new Set<string>()
  for (let id of [...kept, ...young] as (string | null | undefined)[])
    for (; typeof id === 'string' && !staying.has(id); id = parents.get(id)) staying.add(id)
  return layers.filter(({ id }) => !staying.has(id))
}

/** Data that may be removed while a bake runs, since nothing reads it twice. */
const harmless = ['stamps']

/** Downloads, files derived from them, and anything else that a running bake may read, whatever its age: apt lists, served packages, layer locks. */
const inputs = ['wheels', 'go', 'images', 'keyrings', 'lab', 'apt', 'registry', 'oci/blobs', 'locks', 'layers']

const removeOld = async (folder: string, options: PruneOptions, project: Project): Promise<void> => {
  for (const name of await readdir(join(project.cache, folder)).catch(() => [])) {
    if (folder === 'layers' && !name.startsWith('.failed-')) continue
    if (folder === 'locks' && !name.startsWith('layer-')) continue
    // The lab's signing keys: with new ones, every layer from its repository would have another publisher.
    if (name.startsWith('gnupg')) continue
    const path = join(project.cache, folder, name)
    const found = await stat(path).catch(() => undefined) // a bake may have renamed it
    if (found !== undefined && !isYoung(found.mtimeMs, options)) await rm(path, { recursive: true, force: true })
  }
}

export interface Pruned {
  readonly layers: LayerRecord[]
  readonly bytes: number
  /** Number of live runs: any stored input may be theirs, so all of them stay. */
  readonly runs: number
}

const pruneAlone = async (options: PruneOptions, project: Project): Promise<Pruned> => {
  const runs = await countRuns(project)
  const kept = new Set([...(await publishedIds(project)), ...(await idsInUse(project))])
  const layers = prunable(await listRecords(project), kept, options)
  let bytes = 0
  for (const { id } of layers) {
    bytes += await stat(overlayPath(id, project)).then(
      ({ size }) => size,
      () => 0,
    )
    await dropLayer(id, project)
  }
  for (const folder of runs === 0 ? [...harmless, ...inputs] : harmless) await removeOld(folder, options, project)
  return { layers, bytes, runs }
}

/**
 * Removes what is no longer needed. Keeps layers in use by a live run and, while there is one, all downloads; a run that starts meanwhile waits
 * for the prune to end (`makeWorkFolder`). Clear dead runs before.
 */
export const prune = async (options: PruneOptions, project: Project): Promise<Pruned> => {
  const gate = pruneGate(project)
  await mkdir(dirname(gate), { recursive: true })
  await writeFile(gate, '', { flag: 'a' })
  const held = await holdFile(gate)
  try {
    return await pruneAlone(options, project)
  } finally {
    held?.release()
  }
}
