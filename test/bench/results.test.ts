import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { mergeResults, writeResults } from '../../scripts/lib/bench/results.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { results, row } from './_results.ts'

const numbers = (merged: { rows: readonly { number: number; title: string }[] }): string[] =>
  merged.rows.map(({ number, title }) => `${number} ${title}`)

test('rows measured before stay, those measured again are replaced', (t) => {
  const known = results([row(1), row(3)])
  t.deepEqual(numbers(mergeResults(known, results([row(3, { title: 'new' }), row(2)]))), [
    '1 Row 1',
    '2 Row 2',
    '3 new',
  ])
})

test('a row that could not run does not drop its earlier figures', (t) => {
  const known = results([row(4, { title: 'measured' })])
  const fresh = results([row(4, { title: 'not now', notRun: 'no nspawn' })])
  t.deepEqual(numbers(mergeResults(known, fresh)), ['4 measured'])
  t.deepEqual(numbers(mergeResults(undefined, fresh)), ['4 not now'])
})

test('rows of another machine or version are not mixed in', (t) => {
  const known = results([row(1)])
  const { machine } = known
  t.deepEqual(numbers(mergeResults(known, results([row(2)], { machine: { ...machine, cores: 64 } }))), ['2 Row 2'])
  t.deepEqual(numbers(mergeResults(known, results([row(2)], { boxhound: '9.9.9' }))), ['2 Row 2'])
})

test('results.json and report.html are written whole, and an unreadable older file is no obstacle', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'results.json'), '{"schema": 1, "ro')
  await writeResults(results([row(1)]), folder, process.cwd())
  t.deepEqual((await readdir(folder)).sort(), ['report.html', 'results.json'])
  const stored = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8'))
  t.is(stored.rows[0].sides[1].failed, 1)
})
