import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { ownHolder } from '../../scripts/lib/_helpers/holder.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import {
  clearDeadRuns,
  clearRun,
  dropUnusable,
  idsInUse,
  makeWorkFolder,
  workRoot,
} from '../../scripts/lib/cache/leftovers.ts'
import { layersFolder, listRecords, overlayPath } from '../../scripts/lib/cache/store.ts'
import { emptyProject, idOf, storeChain, storeLayer } from './_store.ts'

const names = async (project: Project): Promise<string[]> => (await listRecords(project)).map(({ name }) => name).sort()

/** The work folder of a run that is no more: the number is this process's, the start time isn't. */
const deadRun = async (project: Project, holder = true): Promise<string> => {
  const run = `${process.pid}-1`
  await mkdir(join(workRoot(project), run, 'deep/er'), { recursive: true })
  if (holder)
    await writeFile(
      join(workRoot(project), run, 'holder.json'),
      JSON.stringify({ ...ownHolder('bake lab'), started: '1', since: '2026-01-01T00:00:00.000Z' }),
    )
  return run
}

test('fault 26: a dead run’s folder and unfinished overlays are cleared, and it is said whose they were', async (t) => {
  const project = await emptyProject(t)
  const run = await deadRun(project)
  const mine = await makeWorkFolder('bake lab', [], project)
  await mkdir(layersFolder(project), { recursive: true })
  for (const name of [`.tmp-${run}-${idOf('x')}.qcow2`, `.tmp-${mine.run}-${idOf('x')}.qcow2`, '.failed-lab.qcow2'])
    await writeFile(join(layersFolder(project), name), '')
  t.deepEqual(await clearDeadRuns(project), [
    `removed leftovers of process ${process.pid} (bake lab, since 2026-01-01T00:00:00.000Z), which was killed`,
  ])
  t.deepEqual(await readdir(workRoot(project)), [mine.run])
  t.deepEqual(
    (await readdir(layersFolder(project))).sort(),
    ['.failed-lab.qcow2', `.tmp-${mine.run}-${idOf('x')}.qcow2`].sort(),
  )
  t.deepEqual(await clearDeadRuns(project), [])
})

test('fault 26: half-written records and locks of dead processes are cleared', async (t) => {
  const project = await emptyProject(t)
  for (const folder of ['layers', 'locks', 'refresh']) {
    await mkdir(join(project.cache, folder), { recursive: true })
    await writeFile(join(project.cache, folder, `.tmp-${process.pid}-1-01234567`), '{')
  }
  await clearDeadRuns(project)
  for (const folder of ['layers', 'locks', 'refresh']) t.deepEqual(await readdir(join(project.cache, folder)), [])
})

test('a run that was killed before it wrote who it is, is told by its folder’s name', async (t) => {
  const project = await emptyProject(t)
  await deadRun(project, false)
  const mine = await makeWorkFolder('bake lab', [], project)
  await rm(join(mine.path, 'holder.json'))
  t.is((await clearDeadRuns(project)).length, 1)
  t.deepEqual(await readdir(workRoot(project)), [mine.run])
})

test('a work folder is closed to other users, and gone with all that is in it', async (t) => {
  const project = await emptyProject(t)
  const work = await makeWorkFolder('bake lab', [idOf('a')], project)
  await mkdir(join(work.path, 'a/b'), { recursive: true })
  t.is((await stat(work.path)).mode & 0o777, 0o700)
  t.deepEqual(JSON.parse(await readFile(join(work.path, 'ids.json'), 'utf8')), [idOf('a')])
  t.deepEqual(await idsInUse(project), new Set([idOf('a')]))
  await clearRun(work, project)
  t.deepEqual(await readdir(workRoot(project)), [])
  t.deepEqual(await idsInUse(project), new Set())
})

test('an overlay whose run was killed before it was recorded is dropped, one of a living run stays', async (t) => {
  const project = await emptyProject(t)
  const recorded = await storeLayer(project, 'recorded', null)
  await writeFile(overlayPath(idOf('unrecorded'), project), 'x')
  await writeFile(overlayPath(idOf('living'), project), 'x')
  await makeWorkFolder('bake other', [idOf('living')], project)
  t.deepEqual(await dropUnusable(project), [{ id: idOf('unrecorded'), name: undefined, fault: 'never recorded' }])
  t.deepEqual(
    (await readdir(layersFolder(project))).sort(),
    [`${recorded.id}.json`, `${recorded.id}.qcow2`, `${idOf('living')}.qcow2`].sort(),
  )
})

test('a record that cannot be read is dropped with its overlay', async (t) => {
  const project = await emptyProject(t)
  const { id } = await storeLayer(project, 'base', null)
  await writeFile(join(layersFolder(project), `${id}.json`), '{"id":')
  t.deepEqual(await dropUnusable(project), [{ id, name: undefined, fault: 'its record is unreadable' }])
  t.deepEqual(await readdir(layersFolder(project)), [])
})

test('a layer that has lost its parent is dropped with all on it: a new parent is never the same to the byte', async (t) => {
  const project = await emptyProject(t)
  await storeChain(project)
  t.deepEqual(await dropUnusable(project), [])
  await rm(join(layersFolder(project), `${idOf('base')}.json`))
  const dropped = await dropUnusable(project)
  t.deepEqual(dropped.map(({ id }) => id).sort(), ['base', 'agent', 'seal', 'seal-2'].map(idOf).sort())
  t.deepEqual(await names(project), ['image'])
})

test('a layer that a living run works with is not taken for one without a parent', async (t) => {
  const project = await emptyProject(t)
  await storeLayer(project, 'agent', 'base')
  await makeWorkFolder('bake other', [idOf('base'), idOf('agent')], project)
  t.deepEqual(await dropUnusable(project), [])
  t.deepEqual(await names(project), ['agent'])
})
