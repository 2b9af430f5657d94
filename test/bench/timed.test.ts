import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { runTimed, type TimedCommand } from '../../scripts/lib/bench/timed.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

// As a command that may leave a machine: without a sandbox, which takes root.
const shell = (script: string, cwd: string, deadline = 60): TimedCommand => ({
  words: ['bash', '-c', script],
  cwd,
  environment: { PATH: process.env.PATH ?? '' },
  leavesMachine: true,
  deadline,
})

test('a command’s output comes back line by line, and is in the log with what it said on stderr', async (t) => {
  const folder = await temporaryFolder(t)
  const log = join(folder, 'logs', 'one.log')
  const { stdout, lines, seconds } = await runTimed(shell('echo first; echo second; echo aside >&2', folder), log)
  t.is(stdout, 'first\nsecond\n')
  t.deepEqual(
    lines.map(({ text }) => text),
    ['first', 'second'],
  )
  t.true(lines.every(({ at }) => at <= seconds))
  t.is(await readFile(log, 'utf8'), 'aside\nfirst\nsecond\n')
})

test('a command that fails throws with the end of what it said, and the path of its log', async (t) => {
  const folder = await temporaryFolder(t)
  const log = join(folder, 'one.log')
  const error = await t.throwsAsync(runTimed(shell('echo the reason >&2; exit 7', folder), log))
  t.like(error, { code: 'E_BENCH_RUN', message: 'bash exited with status 7', exitCode: 1 })
  t.like(error, { details: { found: 'the reason', file: log } })
})

test('exit code 3 is passed on: the machine lacks something', async (t) => {
  const folder = await temporaryFolder(t)
  const error = await t.throwsAsync(runTimed(shell('exit 3', folder), join(folder, 'log')))
  t.like(error, { code: 'E_BENCH_RUN', exitCode: 3 })
})

test('a command that takes too long is ended and has failed', async (t) => {
  const folder = await temporaryFolder(t)
  const error = await t.throwsAsync(runTimed(shell('sleep 60', folder, 0.2), join(folder, 'log')))
  t.regex(error.message, /^bash was stopped after 0\.20 s$/)
})

test('nothing but what is given is in its environment', async (t) => {
  const folder = await temporaryFolder(t)
  const { stdout } = await runTimed(shell('env | sort', folder), join(folder, 'log'))
  t.notRegex(stdout, /^(HOME|USER|DD_API_KEY)=/m)
  t.regex(stdout, /^PATH=/m)
})
