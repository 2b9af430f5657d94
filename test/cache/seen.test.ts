import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import test, { type ExecutionContext } from 'ava'
import { signatureOf } from '../../scripts/_fast.mjs'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { findDamaged } from '../../scripts/lib/cache/integrity.ts'
import { isSeen, keepSeen } from '../../scripts/lib/cache/seen.ts'
import { dropLayer, type LayerRecord, overlayPath, recordLayer, seenPath } from '../../scripts/lib/cache/store.ts'
import { emptyProject, storeLayer } from './_store.ts'

/** A stored layer that was hashed long after it had been written. */
const seenLayer = async (t: ExecutionContext): Promise<{ project: Project; record: LayerRecord; path: string }> => {
  const project = await emptyProject(t)
  const record = await storeLayer(project, 'base', null)
  const path = overlayPath(record.id, project)
  await keepSeen(record, signatureOf(path), Date.now() + 10_000, project)
  return { project, record, path }
}

/** Flips a bit and gives the file its modification time back. */
const flip = (path: string): void => {
  execFileSync('cp', ['--preserve=timestamps', path, `${path}.old`])
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.from([(readFileSync(path)[0] ?? 0) ^ 1]), 0, 1, 0)
  closeSync(file)
  execFileSync('touch', ['--reference', `${path}.old`, path])
  rmSync(`${path}.old`)
}

test('a layer that nobody has written to since it was hashed is known; others are not', async (t) => {
  const { project, record, path } = await seenLayer(t)
  t.true(await isSeen(record, project))
  t.false(await isSeen({ ...record, sha256: 'another' }, project), 'recorded anew')
  flip(path)
  t.false(await isSeen(record, project), 'its ctime tells, though size and mtime are the same')
  rmSync(path)
  t.false(await isSeen(record, project), 'gone')
})

test('a layer put in the place of a known one is not known, though it looks the same', async (t) => {
  const { project, record, path } = await seenLayer(t)
  execFileSync('cp', ['--preserve=timestamps', path, `${path}.new`])
  execFileSync('mv', [`${path}.new`, path])
  t.false(await isSeen(record, project))
})

test('nothing is kept of a layer that was new when it was hashed, or has changed meanwhile', async (t) => {
  const project = await emptyProject(t)
  const record = await storeLayer(project, 'base', null)
  const path = overlayPath(record.id, project)
  const before = signatureOf(path)
  await keepSeen(record, before, Date.now() + 1500, project)
  t.false(existsSync(seenPath(record.id, project)))
  flip(path)
  await keepSeen(record, before, Date.now() + 10_000, project)
  t.false(existsSync(seenPath(record.id, project)))
})

test('only who asks for it is spared the hash of known layers: damage that no time shows is found by all others', async (t) => {
  const { project, record, path } = await seenLayer(t)
  // As a disk that loses bits does: what is known stays, the content is another.
  writeFileSync(path, 'x'.repeat(statSync(path).size))
  writeFileSync(seenPath(record.id, project), JSON.stringify({ sha256: record.sha256, signature: signatureOf(path) }))
  t.deepEqual(await findDamaged(project, [record], { unwritten: true }), [], 'not looked at')
  t.deepEqual(await findDamaged(project, [record]), [record])
  t.deepEqual(await findDamaged(project, [record], { unwritten: true }), [record], 'and not known any more')
})

test('a damaged layer is found among known ones, and a dropped one is forgotten', async (t) => {
  const { project, record, path } = await seenLayer(t)
  const other = await storeLayer(project, 'agent', 'base')
  flip(overlayPath(other.id, project))
  t.deepEqual(await findDamaged(project, [record, other], { unwritten: true }), [other])
  flip(path)
  t.deepEqual(await findDamaged(project, [record], { unwritten: true }), [record])
  await keepSeen(record, signatureOf(path), Date.now() + 10_000, project)
  await dropLayer(record.id, project)
  t.false(existsSync(seenPath(record.id, project)))
  await recordLayer(record, project)
})
