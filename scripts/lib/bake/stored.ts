// Finds the layers of a plan in the store.

import type { Project } from '../_helpers/paths.ts'
import { span } from '../_helpers/trace.ts'
import { droppedLines, storedChain } from '../cache/binding.ts'
import { dropDamaged, findDamaged } from '../cache/integrity.ts'
import { type LayerRecord, listRecords } from '../cache/store.ts'
import type { PlannedLayer } from '../plan/planned-layer.ts'

/**
 * The usable layers in the store, from the bottom up: each on the file it was built on, and either rehashed or known to
 * be unwritten since. Unusable ones are reported and dropped.
 */
export const usableLayers = async (
  layers: readonly PlannedLayer[],
  { draft, note }: { readonly draft: boolean; readonly note: (line: string) => void },
  project: Project,
): Promise<LayerRecord[]> => {
  const { stored, unusable } = await storedChain(layers, project)
  if (unusable !== undefined) {
    for (const line of droppedLines([unusable])) note(line)
    await dropDamaged([unusable], await listRecords(project), project)
  }
  // A published image must rest on freshly hashed bytes; a draft is thrown away anyway.
  const damaged = await span('bake', 'hash stored layers', () => findDamaged(project, stored, { unwritten: draft }))
  if (damaged.length === 0) return stored
  for (const { name, id } of damaged)
    note(
      `layer "${name}" (${id.slice(0, 12)}) is damaged: its SHA-256 is not the recorded one; it is dropped and built again`,
    )
  const dropped = new Set(await dropDamaged(damaged, await listRecords(project), project))
  return stored.filter(({ id }) => !dropped.has(id))
}
