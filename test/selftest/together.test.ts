import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { Stage } from '../../scripts/lib/selftest/stages.ts'
import { timingsDocument, timingsTable } from '../../scripts/lib/selftest/timings.ts'
import { runTogether, type TimedResult } from '../../scripts/lib/selftest/together.ts'
import { startScript } from '../helpers/_child.ts'
import { stage } from './_stage.ts'

const limits = { processors: 2, memory: 1000 }

const bash = (name: string, script: string, more: Parameters<typeof stage>[1] = {}): Stage =>
  stage(name, { command: ['bash', '-c', script], ...more })

/** Runs stages and tells what they printed; serial, since what is printed by this process is caught. */
const run = async (
  t: ExecutionContext,
  stages: readonly Stage[],
): Promise<{ results: readonly TimedResult[]; printed: string; folder: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-selftest-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const { write } = process.stdout
  let printed = ''
  process.stdout.write = ((chunk: string) => {
    printed += chunk
    return true
  }) as typeof write
  try {
    const log = ({ name }: Stage): string => join(folder, name)
    const results = await runTogether(stages, { limits, log, environment: { ...process.env, FOLDER: folder } })
    return { results, printed, folder }
  } finally {
    process.stdout.write = write
  }
}

test.serial('stages run beside each other: each of these two waits for the other one', async (t) => {
  const meet = (own: string, other: string): string =>
    `touch "$FOLDER/${own}"; until [[ -e $FOLDER/${other} ]]; do sleep 0.01; done`
  const { results, printed } = await run(t, [bash('a', meet('at-a', 'at-b')), bash('b', meet('at-b', 'at-a'))])
  t.deepEqual(
    results.map(({ name, passed, failed }) => [name, passed, failed]),
    [
      ['a', 1, 0],
      ['b', 1, 0],
    ],
  )
  t.regex(printed, /^▸ a +a …\n▸ b +b …\n✓ [ab] +1 passed {2}.*\n✓ [ab] +1 passed {2}.*\n$/)
})

test.serial('what only one may use is never used by two', async (t) => {
  const script = 'mkdir "$FOLDER/held" && sleep 0.05 && rmdir "$FOLDER/held"'
  const { results } = await run(
    t,
    ['a', 'b', 'c'].map((name) => bash(name, script, { processors: 0.1, alone: ['vm'] })),
  )
  t.deepEqual(
    results.map(({ failed }) => failed),
    [0, 0, 0],
  )
})

test.serial('a failed stage is shown at once and whole, and what needs it counts as a failure', async (t) => {
  const { results, printed, folder } = await run(t, [
    bash('bake', 'echo out of space; exit 3'),
    bash('verify', 'touch "$FOLDER/ran"', { needs: ['bake'] }),
    bash('lint', 'sleep 0.2'),
  ])
  t.regex(
    printed,
    /✗ bake +0 passed, 1 failed .*\n {2}\| out of space\n {2}exit status 3, full output in \S+bake\n[\s\S]*✓ lint/,
  )
  t.regex(printed, /✗ verify +not run, because "bake" failed\n/)
  t.is(readFileSync(join(folder, 'bake'), 'utf8'), 'out of space\n')
  t.throws(() => readFileSync(join(folder, 'ran')), { code: 'ENOENT' })
  t.deepEqual(
    results.map(({ name, failed }) => [name, failed]),
    [
      ['bake', 1],
      ['lint', 0],
      ['verify', 1],
    ],
  )
})

test.serial('a stage that does not end is ended after its deadline, and says so', async (t) => {
  const { results, printed } = await run(t, [bash('hangs', 'sleep 60', { deadline: 0.1 })])
  t.is(results[0]?.failed, 1)
  t.regex(printed, /ended after its deadline of 0\.1 s; exit status none/)
})

test.serial('a program that is not there fails its stage', async (t) => {
  const { results, printed } = await run(t, [stage('lost', { command: ['no-such-program'] })])
  t.is(results[0]?.failed, 1)
  t.regex(printed, /\| .*no-such-program: not found\n/)
})

test.serial('the processor time of a stage is its own', async (t) => {
  const { results } = await run(t, [
    bash('computes', 'for ((i = 0; i < 100000; i++)); do :; done'),
    bash('waits', 'sleep 0.01', { needs: ['computes'] }),
  ])
  const [computes, waits] = results.map(({ computed }) => computed ?? 0)
  t.true((computes ?? 0) > (waits ?? 0), `${computes} ${waits}`)
})

test('a signal ends every stage that runs, and what they started', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-selftest-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const { child, says, ended } = startScript(t, new URL('./_endless.ts', import.meta.url), [folder])
  await says('both run')
  child.kill('SIGINT')
  t.is((await ended).code, 130)
  for (const name of ['a', 'b']) {
    const pid = Number(readFileSync(join(folder, `${name}.pid`), 'utf8'))
    // Its parent is gone as well: who has taken it over buries it in a moment, and until then it is dead, with a number.
    const state = /^State:\s+(\w)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[1]
    t.true(state === undefined || state === 'Z', `${name}: ${state}`)
  }
  t.throws(() => readFileSync(join(folder, 'c.pid')), { code: 'ENOENT' }, 'none is started any more')
})

const result: TimedResult = {
  name: 'unit',
  seconds: 61.234,
  computed: 100.5,
  startedAt: 0.004,
  waited: 0,
  passed: 1800,
  failed: 1,
  skipped: 2,
}

test('the timings of a run as a document and as a table', (t) => {
  const all = [result, { ...result, name: 'lint', computed: undefined, startedAt: 62, waited: 2.5, passed: 0 }]
  const document = JSON.parse(timingsDocument(all, 130, limits))
  t.is(document.seconds, 130)
  t.is(document.processors, 2)
  t.deepEqual(document.stages[0], {
    name: 'unit',
    started: 0,
    waited: 0,
    seconds: 61.23,
    computed: 100.5,
    passed: 1800,
    failed: 1,
    skipped: 2,
  })
  t.is(document.stages[1].computed, null)
  t.is(
    timingsTable(all, 130),
    [
      'stage  tests  seconds  CPU seconds  started at  waited',
      'unit    1801     61.2        100.5      0.00 s  0.00 s',
      'lint       1     61.2            –     1 m 2 s   2.5 s',
      'all     1802    122.5        100.5',
      'in 2 m 10 s',
    ].join('\n'),
  )
})
