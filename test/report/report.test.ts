import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { isVerified } from '../../scripts/lib/report/after-bake.ts'
import { formatHtml, groupChecks } from '../../scripts/lib/report/html.ts'
import { formatJunit } from '../../scripts/lib/report/junit.ts'
import { formatResult, formatSummary, paintFor } from '../../scripts/lib/report/terminal.ts'
import { writeReports } from '../../scripts/lib/report/write.ts'
import { allIds } from '../../scripts/lib/verify/plan.ts'
import { lab } from '../verify/_expectations.ts'
import { results } from './_results.ts'

const [, , red] = results.checks
if (red === undefined) throw new Error('no red check')

test('a red check is followed by what was expected and observed', (t) => {
  const text = formatResult(red)
  t.regex(text, /^ {2}✗ check\.x/)
  t.regex(text, /expected +one metric/)
  t.regex(text, /observed +error: <b>boom<\/b>\n +second/)
})

test('a green check takes one line', (t) => {
  t.is(results.checks.slice(0, 2).flatMap((check) => formatResult(check).split('\n')).length, 2)
})

test('the last line is one that any CI understands, and the lab Agent is named', (t) => {
  const lines = formatSummary(results).split('\n')
  t.is(lines.at(-1), '2 passed, 1 failed, 1 skipped')
  t.true(lines.some((line) => line.startsWith('lab Agent')))
  t.notRegex(formatSummary({ ...results, labAgent: false }), /lab Agent/)
})

test('colours are for terminals alone', (t) => {
  t.is(paintFor({}, {})('red', 'x'), 'x')
  t.is(paintFor({ isTTY: true }, { NO_COLOR: '1' })('red', 'x'), 'x')
  t.not(paintFor({ isTTY: true }, {})('red', 'x'), 'x')
})

const readJunit = `
import json, sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
cases = [[case.get('name'), [child.tag for child in case], ''.join(case.itertext()).strip()] for case in root.iter('testcase')]
print(json.dumps({'attributes': root.attrib, 'suite': root[0].get('name'), 'cases': cases}))
`

test('JUnit is XML whose texts come back, without what XML forbids', (t) => {
  const read = JSON.parse(execFileSync('python3', ['-c', readJunit], { input: formatJunit(results), encoding: 'utf8' }))
  t.like(read.attributes, { tests: '4', failures: '1', skipped: '1' })
  t.is(read.suite, 'boxhound lab (lab Agent)')
  t.deepEqual(
    read.cases.map(([, children]: [string, string[]]) => children),
    [[], [], ['failure'], ['skipped']],
  )
  t.is(read.cases[2][0], 'check.x: The check <x> & "y"')
  t.is(read.cases[2][2], 'expected: one metric\nobserved: error: <b>boom</b>\nsecond line [31m ]]>')
})

test('the page holds every check, escaped, and needs nothing from elsewhere', async (t) => {
  const page = await formatHtml(results, '.')
  for (const { id } of results.checks) t.true(page.includes(`>${id}<`), id)
  t.true(page.includes('&lt;b&gt;boom'))
  t.false(page.includes('<b>boom'))
  t.notRegex(page, /(src|href)=|https?:|@import|<script/)
  t.regex(page, /lab Agent/)
  t.regex(page, /not verified/)
  t.regex(page, /prefers-color-scheme: dark/)
})

test('the page of a green run of a real Agent says so', async (t) => {
  const page = await formatHtml({ ...results, failed: 0, labAgent: false, image: null }, '.')
  t.notRegex(page, /not verified|stand-in/)
  t.regex(page, /machine of the caller/)
})

test('checks are grouped by the first part of their id', (t) => {
  t.deepEqual(
    groupChecks(results.checks).map(({ title }) => title),
    ['First boot', 'Agent', 'Checks', 'Image'],
  )
})

test('three reports are written and nothing else', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rm(folder, { recursive: true }))
  await writeReports(results, '.', join(folder, 'verify'))
  t.deepEqual((await readdir(join(folder, 'verify'))).sort(), ['junit.xml', 'report.html', 'results.json'])
  t.deepEqual(JSON.parse(await readFile(join(folder, 'verify', 'results.json'), 'utf8')), results)
})

const verified = {
  ...results,
  image: 'sha',
  expectations: sha256(JSON.stringify(lab)),
  checks: allIds(lab).map((id) => ({ ...red, id, status: 'passed' as const })),
}

test('an image counts as verified only with every check green on that very image and those expectations', (t) => {
  t.true(isVerified(verified, 'sha', lab))
  t.false(isVerified(verified, 'other', lab))
  t.false(isVerified(verified, 'sha', { ...lab, version: '2.0.0' }))
  t.false(isVerified({ ...verified, checks: verified.checks.slice(1) }, 'sha', lab))
  t.false(isVerified({ ...verified, checks: [...verified.checks.slice(1), { ...red, id: 'first-boot' }] }, 'sha', lab))
})
