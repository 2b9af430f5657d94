// Rehashes layers and drops damaged ones.

import { signatureOf } from '../../_fast.mjs'
import { sha256Files } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { forgetSeen, isSeen, keepSeen } from './seen.ts'
import { dropLayer, type LayerRecord, overlayPath } from './store.ts'

/**
 * Rehashes stored layers: `qemu-img check` accepts a flipped bit or a truncated file, so only SHA-256 is trusted (fault 31).
 *
 * @param unwritten true skips layers that were intact when last hashed and have not been written to since; for drafts, which are disposable.
 * @returns the layers whose content differs from their record.
 */
export const findDamaged = async (
  project: Project,
  records: readonly LayerRecord[],
  { unwritten = false } = {},
): Promise<LayerRecord[]> => {
  const spared = unwritten ? await Promise.all(records.map((record) => isSeen(record, project))) : []
  const doubtful = records.filter((_, index) => spared[index] !== true)
  const started = Date.now()
  const before = doubtful.map(({ id }) => signatureOf(overlayPath(id, project)))
  const digests = await sha256Files(doubtful.map(({ id }) => overlayPath(id, project)))
  const isDamaged = ({ id, sha256 }: LayerRecord): boolean => digests.get(overlayPath(id, project)) !== sha256
  await Promise.all(
    doubtful.map((record, index) =>
      isDamaged(record) ? forgetSeen(record, project) : keepSeen(record, before[index] ?? null, started, project),
    ),
  )
  return doubtful.filter(isDamaged)
}

/** Drops damaged layers and all layers above them; returns the dropped ids. */
export const dropDamaged = async (
  damaged: readonly Pick<LayerRecord, 'id'>[],
  stored: readonly LayerRecord[],
  project: Project,
): Promise<string[]> => {
  const dropped = new Set(damaged.map(({ id }) => id))
  for (let size = 0; size !== dropped.size; ) {
    size = dropped.size
    for (const { id, parent } of stored) if (parent !== null && dropped.has(parent)) dropped.add(id)
  }
  for (const id of dropped) await dropLayer(id, project)
  return [...dropped]
}
