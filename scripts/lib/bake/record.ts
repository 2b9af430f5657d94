// Turns built layers into stored ones.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import type { WorkFolder } from '../cache/leftovers.ts'
import { type LayerRecord, readRecord, recordLayer } from '../cache/store.ts'

const readPackages = async (work: WorkFolder): Promise<NonNullable<LayerRecord['packages']>> => {
  const text = await readFile(join(work.path, 'packages.tsv'), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((row) => {
      const [name = '', version = '', source = ''] = row.split('\t')
      return { name, version, source }
    })
}

/**
 * Makes sure that no other box's bake has dropped a damaged layer and rebuilt it while this one was building on it.
 *
 * @throws BoxhoundError E_LAYER_REPLACED if the new layer's parent is gone, or its own id has been stored meanwhile.
 */
const assertUnreplaced = async (record: LayerRecord, project: Project): Promise<void> => {
  const under = record.parent === null ? undefined : await readRecord(record.parent, project)
  const there = await readRecord(record.id, project)
  const isOther = there !== undefined && (there.sha256 !== record.sha256 || there.parentSha256 !== record.parentSha256)
  if ((under?.sha256 ?? null) === record.parentSha256 && !isOther) return
  throw new BoxhoundError(
    'E_LAYER_REPLACED',
    `layer "${record.name}" stands on layers that another bake has replaced`,
    {
      expected: `the layer below as it was at the start: SHA-256 ${record.parentSha256}`,
      found: isOther ? 'the same layer, built on another file' : (under?.sha256 ?? 'no such layer'),
      next: 'bake again',
    },
  )
}

/**
 * Records built layers in the store, from the bottom up; a seal with its package list.
 *
 * @returns the records as stored.
 * @throws BoxhoundError E_LAYER_REPLACED; the layers below stay in the store.
 */
export const recordBuilt = async (
  built: readonly LayerRecord[],
  work: WorkFolder,
  project: Project,
): Promise<LayerRecord[]> => {
  const stored: LayerRecord[] = []
  for (const record of built) {
    const full = record.name === 'seal' ? { ...record, packages: await readPackages(work) } : record
    await assertUnreplaced(full, project)
    await recordLayer(full, project)
    stored.push(full)
  }
  return stored
}
