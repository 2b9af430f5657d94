// What nothing needs any more.

import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { holdFile } from '../_helpers/kernel-lock.ts'
import type { Project } from '../_helpers/paths.ts'
import { countRuns, idsInUse, pruneGate } from './leftovers.ts'
import { dropLayer, type LayerRecord, listRecords, overlayPath } from './store.ts'

export interface PruneOptions {
  /** Unused layers younger than this many days stay. */
  readonly days: number
  /** Milliseconds since 1970. */
  readonly now: number
}

const day = 86_400_000

/** Whether something is younger than `days`. A time in the future is a wrong clock's; a day of it is forgiven, and no more. */
const isYoung = (time: number, { days, now }: PruneOptions): boolean =>
  now - time >= -day && Math.max(now - time, 0) < days * day

/** Ids of layers that a published image was made from. */
const publishedIds = async (project: Project): Promise<string[]> => {
  const ids: string[] = []
  for (const box of await readdir(project.out).catch(() => [])) {
    try {
      const manifest: unknown = JSON.parse(await readFile(join(project.out, box, 'manifest.json'), 'utf8'))
      if (typeof manifest === 'object' && manifest !== null && 'layers' in manifest && Array.isArray(manifest.layers))
        for (const layer of manifest.layers) if (typeof layer?.id === 'string') ids.push(layer.id)
    } catch {
      // nothing published there
    }
  }
  return ids
}

/**
 * Layers that neither a published image nor a living run needs, nor a layer that stays stands on.
 *
 * @param kept ids that must stay.
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

/** What may go while a bake runs, since nothing is read from it twice. */
const harmless = ['stamps']

/** Downloads, what was made of them, and what else a running bake may be reading, whatever its age: apt's lists, served packages, locks of layers. */
const inputs = ['wheels', 'images', 'keyrings', 'lab', 'apt', 'registry', 'locks', 'layers']

const removeOld = async (folder: string, options: PruneOptions, project: Project): Promise<void> => {
  for (const name of await readdir(join(project.cache, folder)).catch(() => [])) {
    if (folder === 'layers' && !name.startsWith('.failed-')) continue
    if (folder === 'locks' && !name.startsWith('layer-')) continue
    // The lab's signing keys: with new ones every layer from its repository would be another publisher's.
    if (name.startsWith('gnupg')) continue
    const path = join(project.cache, folder, name)
    const found = await stat(path).catch(() => undefined) // a bake may have given it another name
    if (found !== undefined && !isYoung(found.mtimeMs, options)) await rm(path, { recursive: true, force: true })
  }
}

export interface Pruned {
  readonly layers: LayerRecord[]
  readonly bytes: number
  /** Runs whose inputs may be any of those that are stored, which therefore all stay. */
  readonly runs: number
}

const pruneAlone = async (project: Project, options: PruneOptions): Promise<Pruned> => {
  const runs = await countRuns(project)
  const kept = new Set([...(await publishedIds(project)), ...(await idsInUse(project))])
  const layers = prunable(await listRecords(project), kept, options)
  let bytes = 0
  for (const { id } of layers) {
    bytes += await stat(overlayPath(project, id)).then(
      ({ size }) => size,
      () => 0,
    )
    await dropLayer(project, id)
  }
  for (const folder of runs === 0 ? [...harmless, ...inputs] : harmless) await removeOld(folder, options, project)
  return { layers, bytes, runs }
}

/**
 * Removes what is not needed any more. Layers that a living run works with stay, and so do all downloads while one lives; a run that begins
 * meanwhile waits until this has ended (`makeWorkFolder`). Dead runs are to be cleared before.
 */
export const prune = async (project: Project, options: PruneOptions): Promise<Pruned> => {
  const gate = pruneGate(project)
  await mkdir(dirname(gate), { recursive: true })
  await writeFile(gate, '', { flag: 'a' })
  const held = await holdFile(gate)
  try {
    return await pruneAlone(project, options)
  } finally {
    held?.release()
  }
}
