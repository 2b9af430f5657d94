import { mkdir, writeFile } from 'node:fs/promises'
import type { ExecutionContext } from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { type LayerRecord, layersFolder, overlayPath, readRecord, recordLayer } from '../../scripts/lib/cache/store.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

/** A project whose store and results lie in a folder of the test's own. */
export const emptyProject = async (t: ExecutionContext): Promise<Project> => {
  const root = await temporaryFolder(t)
  return { tool: root, root, out: `${root}/out`, cache: `${root}/cache` }
}

/** An id as a layer has it, from a short word. */
export const idOf = (word: string): string => sha256(word)

/** Puts a layer into the store, a few bytes in place of an overlay. */
export const storeLayer = async (
  project: Project,
  name: string,
  parent: string | null,
  created = '2026-01-01T00:00:00.000Z',
): Promise<LayerRecord> => {
  const id = idOf(name)
  const content = `overlay of ${name}`
  await mkdir(layersFolder(project), { recursive: true })
  await writeFile(overlayPath(id, project), content)
  const record: LayerRecord = {
    id,
    name,
    parent: parent === null ? null : idOf(parent),
    parentSha256: parent === null ? null : ((await readRecord(idOf(parent), project))?.sha256 ?? idOf('no file')),
    sha256: sha256(content),
    bytes: content.length,
    seconds: 1,
    created,
  }
  await recordLayer(record, project)
  return record
}

/** image ← base ← agent ← seal, and a second seal on the same agent. */
export const storeChain = async (project: Project): Promise<LayerRecord[]> => [
  await storeLayer(project, 'image', null),
  await storeLayer(project, 'base', 'image'),
  await storeLayer(project, 'agent', 'base'),
  await storeLayer(project, 'seal', 'agent'),
  await storeLayer(project, 'seal-2', 'agent'),
]
