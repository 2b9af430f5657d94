import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { isVerified } from '../../scripts/lib/report/after-bake.ts'
import { formatHtml, groupChecks } from '../../scripts/lib/report/html.ts'
import { formatJunit } from '../../scripts/lib/report/junit.ts'
import { machineNames } from '../../scripts/lib/report/machine.ts'
import { formatResult, formatSummary, paintFor } from '../../scripts/lib/report/terminal.ts'
import { writeReports } from '../../scripts/lib/report/write.ts'
import { allIds } from '../../scripts/lib/verify/plan.ts'
import type { MachineKind } from '../../scripts/lib/verify/results.ts'
import { isGreen } from '../../scripts/lib/verify/verdict.ts'
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
  t.is(lines.at(-1), '2 passed, 1 failed, 1 skipped, 1 not judged')
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
machine = root[0].find('properties/property[@name="machine"]').get('value')
reasons = [child.get('message') for child in root.iter('skipped')]
print(json.dumps({'machine': machine, 'reasons': reasons, 'attributes': root.attrib, 'suite': root[0].get('name'), 'cases': cases}))
`

test('JUnit is XML whose texts come back, without what XML forbids', (t) => {
  const read = JSON.parse(execFileSync('python3', ['-c', readJunit], { input: formatJunit(results), encoding: 'utf8' }))
  t.like(read.attributes, { tests: '5', failures: '1', skipped: '2' })
  t.is(read.suite, 'boxhound lab (lab Agent)')
  t.deepEqual(
    read.cases.map(([, children]: [string, string[]]) => children),
    [[], [], ['failure'], ['skipped'], ['skipped']],
  )
  t.is(read.machine, 'qemu')
  t.deepEqual(read.reasons, ['no users here', 'not judged: no kernel & no boot loader of its own'])
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
  const page = await formatHtml({ ...results, failed: 0, labAgent: false, machine: 'host', image: null }, '.')
  t.notRegex(page, /not verified|stand-in/)
  t.regex(page, /a running host, over SSH/)
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
  t.false(isVerified({ ...verified, machine: 'container' }, 'sha', lab))
  t.false(isVerified(verified, 'other', lab))
  t.false(isVerified(verified, 'sha', { ...lab, version: '2.0.0' }))
  t.false(isVerified({ ...verified, checks: verified.checks.slice(1) }, 'sha', lab))
  t.false(isVerified({ ...verified, checks: [...verified.checks.slice(1), { ...red, id: 'first-boot' }] }, 'sha', lab))
})

test('a lost connection is an outcome of its own in every report, and no success', async (t) => {
  const gone = {
    ...red,
    id: 'app.logs',
    status: 'not judged' as const,
    lost: true,
    observed: 'the connection was lost',
  }
  const of = {
    ...results,
    failed: 0,
    notJudged: 2,
    skipped: 1,
    checks: [...results.checks.filter((one) => one !== red), gone],
  }
  const summary = formatSummary(of)
  t.regex(summary, /lab is not verified/)
  t.regex(summary, /the connection was lost: 1 of 5 checks are inconclusive/)
  const read = JSON.parse(execFileSync('python3', ['-c', readJunit], { input: formatJunit(of), encoding: 'utf8' }))
  t.like(read.attributes, { tests: '5', failures: '0', errors: '1', skipped: '2' })
  t.deepEqual(read.cases.at(-1)[1], ['error'])
  const page = await formatHtml(of, '.')
  t.regex(page, /not verified/)
  t.regex(page, /The connection to the machine was lost/)
  t.regex(page, /class="lost" open/)
  t.false(isGreen(of))
  t.true(isGreen({ ...of, checks: results.checks.filter((one) => one !== red) }))
})

const [, , , , unjudged] = results.checks
if (unjudged === undefined) throw new Error('no check that is not judged')

test('a check that is not judged is told with its reason, and not as red', (t) => {
  const text = formatResult(unjudged)
  t.regex(text, /^ {2}○ image\.boot[\s\S]*not judged no kernel & no boot loader of its own$/)
  t.notRegex(text, /expected/)
})

test('every report names the machine that it judged', async (t) => {
  for (const [machine, name] of Object.entries(machineNames)) {
    const of = { ...results, machine: machine as MachineKind }
    t.regex(formatSummary(of), new RegExp(`^machine: ${name}$`, 'm'))
    t.true((await formatHtml(of, '.')).includes(`Machine: ${name}`), machine)
    t.true(formatJunit(of).includes(`<property name="machine" value="${machine}"/>`))
  }
})

test('the page tells of what is not judged, and does not open it as if it were red', async (t) => {
  const page = await formatHtml(results, '.')
  t.regex(page, /<details class="not-judged">[\s\S]*no kernel &amp; no boot loader/)
  t.regex(page, /<dt>not judged<\/dt><dd>1</)
})
