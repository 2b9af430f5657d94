import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { bindingFault, droppedLines, storedChain, unboundLayers } from '../../scripts/lib/cache/binding.ts'
import { dropUnusable, makeWorkFolder, unusableLayers } from '../../scripts/lib/cache/leftovers.ts'
import {
  inspectRecord,
  layersFolder,
  listRecords,
  overlayPath,
  readRecord,
  recordLayer,
} from '../../scripts/lib/cache/store.ts'
import { emptyProject, idOf, storeChain, storeLayer } from './_store.ts'

const names = ['image', 'base', 'agent', 'seal']
const wanted = names.map((name, index) => ({
  id: idOf(name),
  name,
  parent: index === 0 ? null : idOf(names[index - 1] ?? ''),
}))
const recordFile = (name: string, project: Project): string => join(layersFolder(project), `${idOf(name)}.json`)
const faults = async (project: Project): Promise<string[]> =>
  (await unusableLayers(project))
    .map(({ id, fault }) => `${[...names, 'seal-2'].find((name) => idOf(name) === id)}: ${fault}`)
    .sort()

/** Another machine's build of a layer: the same id and parent, other bytes. */
const buildAgain = async (name: string, project: Project): Promise<void> => {
  const record = await readRecord(idOf(name), project)
  const content = `another overlay of ${name}`
  await writeFile(overlayPath(idOf(name), project), content)
  if (record !== undefined) await recordLayer({ ...record, sha256: sha256(content), bytes: content.length }, project)
}

test('a chain on its own files is taken whole', async (t) => {
  const project = await emptyProject(t)
  const layers = await storeChain(project)
  t.deepEqual(await storedChain(wanted, project), { stored: layers.slice(0, 4), unusable: undefined })
  t.deepEqual(unboundLayers(layers), [])
  t.deepEqual(await unusableLayers(project), [])
})

test('fault 49: a record copied over another is no record of it, though its file is what it says', async (t) => {
  const project = await emptyProject(t)
  await storeChain(project)
  await copyFile(recordFile('agent', project), recordFile('seal', project))
  t.is(await inspectRecord(idOf('seal'), project), 'its record belongs to another layer')
  t.is((await listRecords(project)).length, 4)
  const { stored, unusable } = await storedChain(wanted, project)
  t.deepEqual(
    stored.map(({ name }) => name),
    ['image', 'base', 'agent'],
  )
  t.is(unusable?.name, 'seal')
  t.deepEqual(await faults(project), ['seal: its record belongs to another layer'])
})

test('fault 49: record and overlay of another layer, with the id written over, are not taken', async (t) => {
  const project = await emptyProject(t)
  await storeChain(project)
  await copyFile(overlayPath(idOf('base'), project), overlayPath(idOf('agent'), project))
  const text = await readFile(recordFile('base', project), 'utf8')
  await writeFile(recordFile('agent', project), text.replace(idOf('base'), idOf('agent')))
  const { stored, unusable } = await storedChain(wanted, project)
  t.is(stored.length, 2)
  t.is(unusable?.fault, 'another name')
})

test('fault 50: of two merged stores no layer is used on another build of its parent', async (t) => {
  const project = await emptyProject(t)
  await storeChain(project)
  await buildAgain('base', project)
  const { stored, unusable } = await storedChain(wanted, project)
  t.deepEqual(
    stored.map(({ name }) => name),
    ['image', 'base'],
  )
  t.is(unusable?.fault, 'built on another build of the layer below')
  t.deepEqual(await faults(project), [
    'agent: built on another build of the layer below',
    'seal-2: the layer below is missing',
    'seal: the layer below is missing',
  ])
  t.is((await dropUnusable(project)).length, 3)
  t.deepEqual(await unusableLayers(project), [])
})

test('records of an older boxhound: the lowest layer stays, the others are told in one line', async (t) => {
  const project = await emptyProject(t)
  await storeChain(project)
  for (const name of [...names, 'seal-2']) {
    const { parentSha256: _, ...old } = JSON.parse(await readFile(recordFile(name, project), 'utf8'))
    await writeFile(recordFile(name, project), JSON.stringify(old))
  }
  t.is((await readRecord(idOf('image'), project))?.parentSha256, null)
  const lines = droppedLines(await dropUnusable(project))
  t.is(lines.length, 1)
  t.regex(
    lines[0] ?? '',
    /^4 layers are dropped: recorded by an older boxhound, without the SHA-256 of the layer below \(/,
  )
  t.deepEqual(
    (await listRecords(project)).map(({ name }) => name),
    ['image'],
  )
})

test('layers of a living run are neither told nor dropped', async (t) => {
  const project = await emptyProject(t)
  await storeLayer(project, 'agent', 'base')
  await makeWorkFolder('bake other', [idOf('agent')], project)
  t.deepEqual(await unusableLayers(project), [])
})

test('each part of a record is held against what is wanted', async (t) => {
  const project = await emptyProject(t)
  const [image, base] = await storeChain(project)
  const [, layer] = wanted
  if (base === undefined || layer === undefined || image === undefined) return t.fail()
  const below = image.sha256
  t.is(bindingFault(base, layer, below), undefined)
  t.is(bindingFault({ ...base, id: idOf('x') }, layer, below), 'the record of another layer')
  t.is(bindingFault({ ...base, name: 'agent' }, layer, below), 'another name')
  t.is(bindingFault({ ...base, parent: null }, layer, below), 'another parent')
  t.is(bindingFault(base, layer, idOf('x')), 'built on another build of the layer below')
  t.is(bindingFault({ ...base, parentSha256: null }, layer, below), 'built on another build of the layer below')
})

test('a record that cannot be read is one reason of its own, and a missing one is none', async (t) => {
  const project = await emptyProject(t)
  await storeChain(project)
  await writeFile(recordFile('seal', project), '')
  t.is(await inspectRecord(idOf('seal'), project), 'its record is unreadable')
  await rm(recordFile('seal', project))
  t.is(await inspectRecord(idOf('seal'), project), undefined)
})
