import { sha256Files } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { dropLayer, type LayerRecord, overlayPath } from './store.ts'

/**
 * Hashes stored layers again: a flipped bit or a cut file passes `qemu-img check`, so only SHA-256 is trusted (fault 31).
 *
 * @returns the layers whose content isn't what was recorded.
 */
export const findDamaged = async (project: Project, records: readonly LayerRecord[]): Promise<LayerRecord[]> => {
  const digests = await sha256Files(records.map(({ id }) => overlayPath(project, id)))
  return records.filter(({ id, sha256 }) => digests.get(overlayPath(project, id)) !== sha256)
}

/** Drops damaged layers and all that stand on them; returns the dropped ids. */
export const dropDamaged = async (
  project: Project,
  damaged: readonly LayerRecord[],
  stored: readonly LayerRecord[],
): Promise<string[]> => {
  const dropped = new Set(damaged.map(({ id }) => id))
  for (let size = 0; size !== dropped.size; ) {
    size = dropped.size
    for (const { id, parent } of stored) if (parent !== null && dropped.has(parent)) dropped.add(id)
  }
  for (const id of dropped) await dropLayer(project, id)
  return [...dropped]
}
