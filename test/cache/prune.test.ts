import { existsSync } from 'node:fs'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import test from 'ava'
import { holdFile } from '../../scripts/lib/_helpers/kernel-lock.ts'
import { clearRun, idsInUse, makeWorkFolder, pruneGate } from '../../scripts/lib/cache/leftovers.ts'
import { prunable, prune } from '../../scripts/lib/cache/prune.ts'
import { listRecords } from '../../scripts/lib/cache/store.ts'
import { emptyProject, idOf, storeChain, storeLayer } from './_store.ts'

const now = Date.parse('2026-02-01T00:00:00.000Z')
const names = (layers: readonly { readonly name: string }[]): string[] => layers.map(({ name }) => name).sort()

test('what nothing needs goes', async (t) => {
  const layers = await storeChain(await emptyProject(t))
  t.deepEqual(names(prunable(layers, new Set(), { days: 7, now })), ['agent', 'base', 'image', 'seal', 'seal-2'])
})

test('the parents of a layer that stays stay too', async (t) => {
  const layers = await storeChain(await emptyProject(t))
  t.deepEqual(names(prunable(layers, new Set([idOf('seal')]), { days: 7, now })), ['seal-2'])
})

test('young layers stay, with what they stand on', async (t) => {
  const project = await emptyProject(t)
  const layers = [
    ...(await storeChain(project)),
    await storeLayer(project, 'young', 'base', '2026-01-26T00:00:00.000Z'),
  ]
  t.deepEqual(names(prunable(layers, new Set(), { days: 7, now })), ['agent', 'seal', 'seal-2'])
  t.is(prunable(layers, new Set(), { days: 0, now }).length, 6)
})

test('a loop of parents, which only a broken record can make, ends', async (t) => {
  const project = await emptyProject(t)
  const layers = [await storeLayer(project, 'a', 'b'), await storeLayer(project, 'b', 'a')]
  t.deepEqual(prunable(layers, new Set([idOf('a')]), { days: 0, now }), [])
})

test('layers of published images and of living runs stay on disk, all others are removed', async (t) => {
  const project = await emptyProject(t)
  await storeChain(project)
  await storeLayer(project, 'other', 'image')
  await storeLayer(project, 'unused', 'image')
  await mkdir(join(project.out, 'lab'), { recursive: true })
  await writeFile(join(project.out, 'lab/manifest.json'), JSON.stringify({ layers: [{ id: idOf('seal') }] }))
  await mkdir(join(project.out, 'broken'), { recursive: true })
  await writeFile(join(project.out, 'broken/manifest.json'), '{"layers":')
  await makeWorkFolder('bake other', [idOf('other')], project)
  const { layers, bytes } = await prune({ days: 0, now }, project)
  t.deepEqual(names(layers), ['seal-2', 'unused'])
  t.is(bytes, 'overlay of seal-2'.length + 'overlay of unused'.length)
  t.deepEqual(names(await listRecords(project)), ['agent', 'base', 'image', 'other', 'seal'])
})

test('old downloads and failed overlays go, young ones and the repository’s key stay', async (t) => {
  const project = await emptyProject(t)
  const old = new Date(now - 8 * 86_400_000)
  const young = new Date(now - 6 * 86_400_000)
  const put = async (path: string, time: Date): Promise<void> => {
    const file = join(project.cache, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, '')
    await utimes(file, time, time)
  }
  for (const [path, time] of [
    ['wheels/old', old],
    ['wheels/young', young],
    ['lab/gnupg', old],
    ['lab/gnupg-images', old],
    ['images/old.img', old],
    ['images/young.img', young],
    ['lab/repository-1', old],
    ['layers/.failed-lab.qcow2', old],
    ['layers/.failed-new.qcow2', young],
    ['layers/notes', old],
    ['stamps/old.json', old],
    ['locks/layer-old', old],
    ['locks/layer-young', young],
    ['locks/box-lab.json', old],
  ] as const)
    await put(path, time)
  await prune({ days: 7, now }, project)
  t.deepEqual(await readdir(join(project.cache, 'wheels')), ['young'])
  t.deepEqual(await readdir(join(project.cache, 'images')), ['young.img'])
  t.deepEqual(await readdir(join(project.cache, 'lab')), ['gnupg', 'gnupg-images'])
  t.deepEqual(await readdir(join(project.cache, 'stamps')), [])
  t.deepEqual((await readdir(join(project.cache, 'locks'))).sort(), ['box-lab.json', 'layer-young', 'prune-gate'])
  t.deepEqual((await readdir(join(project.cache, 'layers'))).sort(), ['.failed-new.qcow2', 'notes'])
})

test('fault 52: while a run lives every download stays, however old, and lock and failed layer too', async (t) => {
  const project = await emptyProject(t)
  const old = new Date(now - 90 * 86_400_000)
  const paths = [
    'wheels/a',
    'images/b',
    'keyrings/c',
    'lab/d',
    'apt/e',
    'registry/f',
    'locks/layer-g',
    'layers/.failed-h',
  ]
  for (const path of paths) {
    const file = join(project.cache, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, '')
    await utimes(file, old, old)
  }
  const work = await makeWorkFolder('bake lab', [], project)
  t.is((await prune({ days: 0, now }, project)).runs, 1)
  for (const path of paths) t.true(existsSync(join(project.cache, path)), path)
  await clearRun(work, project)
  t.is((await prune({ days: 0, now }, project)).runs, 0)
  for (const path of paths) t.false(existsSync(join(project.cache, path)), path)
})

test('fault 52: a run that begins while a prune is at work waits for its end', async (t) => {
  const project = await emptyProject(t)
  const gate = pruneGate(project)
  await mkdir(dirname(gate), { recursive: true })
  await writeFile(gate, '')
  const held = await holdFile(gate)
  let begun = false
  const making = makeWorkFolder('bake lab', [idOf('a')], project).then(() => {
    begun = true
  })
  await delay(300)
  t.false(begun)
  t.deepEqual([...(await idsInUse(project))], [idOf('a')], 'what begins after that prune knows of the run')
  held?.release()
  await making
  t.true(begun)
})

test('a record dated in the future is no young one', async (t) => {
  const project = await emptyProject(t)
  const layers = [
    await storeLayer(project, 'tomorrow', null, new Date(now + 3_600_000).toISOString()),
    await storeLayer(project, 'never', null, '2099-01-01T00:00:00.000Z'),
    await storeLayer(project, 'odd', null, 'yesterday'),
  ]
  t.deepEqual(names(prunable(layers, new Set(), { days: 7, now })), ['never', 'odd'])
  t.deepEqual(names(prunable(layers, new Set(), { days: 0, now })), ['never', 'odd', 'tomorrow'])
})
