import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import test, { type ExecutionContext } from 'ava'

const root = process.cwd()

/** Two files as a compiled group has them; each notes in a log what happens. */
const group = (log: string, extra: string): string => `
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { declareAll, testOf } from ${JSON.stringify(join(root, 'test/_grouped.mjs'))}
const note = (text) => appendFileSync(${JSON.stringify(log)}, text + '\\n')

const one = testOf('one')
one('at once', async (t) => { note('one: at once begins'); await sleep(20); note('one: at once ends'); t.pass() })
one.before('hook', () => note('one: before'))
one.after.always(() => note('one: after'))
one.serial('first', async (t) => { t.teardown(() => note('one: first torn down')); await sleep(20); t.pass() })
one.serial('second', (t) => { note('one: second'); t.pass() })
await sleep(5)

const two = testOf('two')
two('waits for the file before', (t) => { note('two'); t.pass() })
two.skip('is skipped', (t) => t.fail())
const macro = two.macro({ title: (_, value) => 'with ' + value, exec: (t, value) => { note('two: ' + value); t.is(value, 3) } })
two(macro, 3)
${extra}
declareAll()
`

/** Runs a group by AVA itself; what it reports, and what the tests noted. */
const runGroup = async (t: ExecutionContext, extra = ''): Promise<{ report: string; noted: string[] }> => {
  const cache = join(root, 'node_modules/.cache/boxhound')
  mkdirSync(cache, { recursive: true })
  // AVA takes tests of the project alone.
  const folder = mkdtempSync(join(cache, 'grouped-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const [log, config] = [join(folder, 'log'), join(folder, 'ava.config.mjs')]
  writeFileSync(join(folder, 'group.test.mjs'), group(log, extra))
  const files = [`${relative(root, folder)}/*.test.mjs`]
  writeFileSync(config, `export default ${JSON.stringify({ files, extensions: ['mjs'], workerThreads: false })}`)
  const report = await new Promise<string>((resolve) => {
    execFile('node_modules/.bin/ava', ['--config', relative(root, config), '--tap'], (_, stdout) => resolve(stdout))
  })
  return { report, noted: readFileSync(log, 'utf8').trim().split('\n') }
}

test('files of a group take turns, and within one hooks and serial tests keep their order', async (t) => {
  const { report, noted } = await runGroup(t)
  t.deepEqual(noted.slice(0, 6), [
    'one: before',
    'one: first torn down',
    'one: second',
    'one: at once begins',
    'one: at once ends',
    'one: after',
  ])
  t.deepEqual(noted.slice(6).sort(), ['two', 'two: 3'])
  t.regex(report, /^ok \d+ - one › first$/m)
  t.regex(report, /^ok \d+ - two › with 3$/m)
  t.regex(report, /^ok \d+ - two › is skipped # SKIP$/m)
  t.regex(report, /^# fail 0$/m)
})

test('a test that fails is reported by its file, and the next file runs', async (t) => {
  const extra = "testOf('three')('runs', (t) => { note('three'); t.pass() })"
  const { report, noted } = await runGroup(t, `two('is wrong', (t) => t.is(1, 2))\n${extra}`)
  t.regex(report, /^not ok \d+ - two › is wrong$/m)
  t.is(noted.at(-1), 'three')
  t.regex(report, /^# fail 1$/m)
})
