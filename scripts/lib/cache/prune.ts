import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import { idsInUse } from './leftovers.ts'
import { dropLayer, type LayerRecord, listRecords, overlayPath } from './store.ts'

export interface PruneOptions {
  /** Unused layers younger than this many days stay. */
  readonly days: number
  /** Milliseconds since 1970. */
  readonly now: number
}

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
  { days, now }: PruneOptions,
): LayerRecord[] => {
  const young = layers.filter(({ created }) => now - Date.parse(created) < days * 86_400_000).map(({ id }) => id)
  const parents = new Map(layers.map(({ id, parent }) => [id, parent]))
  const staying = new Set<string>()
  for (let id of [...kept, ...young] as (string | null | undefined)[])
    for (; typeof id === 'string' && !staying.has(id); id = parents.get(id)) staying.add(id)
  return layers.filter(({ id }) => !staying.has(id))
}

/** Removes what is not needed any more; returns the removed layers. Downloads and failed overlays go when they are as old. */
export const prune = async (
  project: Project,
  options: PruneOptions,
): Promise<{ layers: LayerRecord[]; bytes: number }> => {
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
  for (const folder of ['wheels', 'images', 'keyrings', 'lab', 'apt', 'registry', 'stamps', 'locks', 'layers'])
    for (const name of await readdir(join(project.cache, folder)).catch(() => [])) {
      if (folder === 'layers' && !name.startsWith('.failed-')) continue
      if (folder === 'locks' && !name.startsWith('layer-')) continue
      const path = join(project.cache, folder, name)
      // The lab's signing keys: with new ones every layer from its repository would be another publisher's.
      if (!name.startsWith('gnupg') && options.now - (await stat(path)).mtimeMs >= options.days * 86_400_000)
        await rm(path, { recursive: true, force: true })
    }
  return { layers, bytes }
}
