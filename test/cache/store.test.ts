import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { dropLayer, layersFolder, listRecords, readRecord, recordLayer } from '../../scripts/lib/cache/store.ts'
import { emptyProject, idOf, storeLayer } from './_store.ts'

test('a recorded layer is found as it was recorded', async (t) => {
  const project = await emptyProject(t)
  const record = await storeLayer(project, 'base', null)
  const packages = [{ name: 'curl', version: '8.0-1', source: 'curl' }]
  await recordLayer({ ...record, packages }, project)
  t.deepEqual(await readRecord(record.id, project), { ...record, packages })
  t.deepEqual((await readdir(layersFolder(project))).sort(), [`${record.id}.json`, `${record.id}.qcow2`])
})

test('an overlay without its record is no layer', async (t) => {
  const project = await emptyProject(t)
  const { id } = await storeLayer(project, 'one', null)
  await rm(join(layersFolder(project), `${id}.json`))
  t.is(await readRecord(id, project), undefined)
})

test('a record that cannot be read, or is of another shape, counts as none', async (t) => {
  const project = await emptyProject(t)
  const { id } = await storeLayer(project, 'base', null)
  for (const text of ['{"id": "', '{}', '', 'null']) {
    await writeFile(join(layersFolder(project), `${id}.json`), text)
    t.is(await readRecord(id, project), undefined, text)
  }
})

test('layers are listed newest first, and nothing else that lies there', async (t) => {
  const project = await emptyProject(t)
  t.deepEqual(await listRecords(project), [])
  await storeLayer(project, 'old', null, '2026-01-01T00:00:00.000Z')
  await storeLayer(project, 'new', null, '2026-03-01T00:00:00.000Z')
  await storeLayer(project, 'middle', null, '2026-02-01T00:00:00.000Z')
  await writeFile(join(layersFolder(project), '.tmp-1-2-abc.json'), '{}')
  await writeFile(join(layersFolder(project), 'notes.json'), '{}')
  t.deepEqual(
    (await listRecords(project)).map(({ name }) => name),
    ['new', 'middle', 'old'],
  )
})

test('a dropped layer leaves nothing, and dropping it again does no harm', async (t) => {
  const project = await emptyProject(t)
  const { id } = await storeLayer(project, 'base', null)
  await dropLayer(id, project)
  t.deepEqual(await readdir(layersFolder(project)), [])
  await dropLayer(idOf('absent'), project)
})
