import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import test from 'ava'
import { dropDamaged, findDamaged } from '../../scripts/lib/cache/integrity.ts'
import { listRecords, overlayPath } from '../../scripts/lib/cache/store.ts'
import { emptyProject, idOf, storeChain } from './_store.ts'

const names = (layers: readonly { readonly name: string }[]): string[] => layers.map(({ name }) => name).sort()

test('whole layers are not damaged', async (t) => {
  const project = await emptyProject(t)
  t.deepEqual(await findDamaged(project, await storeChain(project)), [])
  t.deepEqual(await findDamaged(project, []), [])
})

test('fault 31: one flipped bit, a cut file and a missing one are found, and no other', async (t) => {
  const project = await emptyProject(t)
  const layers = await storeChain(project)
  const flipped = overlayPath(idOf('base'), project)
  const content = await readFile(flipped)
  content[5] = (content[5] ?? 0) ^ 1
  await writeFile(flipped, content)
  await truncate(overlayPath(idOf('agent'), project), 4)
  await rm(overlayPath(idOf('seal-2'), project))
  t.deepEqual(names(await findDamaged(project, layers)), ['agent', 'base', 'seal-2'])
})

test('a damaged layer is dropped with all that stand on it, and what it stands on stays', async (t) => {
  const project = await emptyProject(t)
  const layers = await storeChain(project)
  const damaged = layers.filter(({ name }) => name === 'agent')
  const dropped = await dropDamaged(damaged, layers, project)
  t.deepEqual([...dropped].sort(), ['agent', 'seal', 'seal-2'].map(idOf).sort())
  t.deepEqual(names(await listRecords(project)), ['base', 'image'])
})
