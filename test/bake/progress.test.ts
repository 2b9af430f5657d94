import { spawnSync } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import test from 'ava'
import {
  boxesProgress,
  type Progress,
  plainProgress,
  progressFor,
  progressLine,
  silentProgress,
} from '../../scripts/lib/bake/progress.ts'
import { scriptWords } from '../helpers/_child.ts'

test('one line tells step, outcome, time and size, in columns', (t) => {
  t.is(
    progressLine('agent', { kind: 'built', seconds: 4.21, bytes: 97_000_000 }),
    'agent      built        4.2 s     97 MB',
  )
  t.is(
    progressLine('app', { kind: 'pulled', seconds: 1.5, bytes: 72_000_000 }),
    'app        pulled       1.5 s     72 MB',
  )
  t.is(progressLine('base', { kind: 'cached', bytes: 5_400_000 }), 'base       cached                5.4 MB')
  t.is(progressLine('database', { kind: 'failed', seconds: 0.5 }), 'database   failed      0.50 s')
  t.is(progressLine('seal', { kind: 'stopped' }), 'seal       stopped')
})

test('in a log each step has a line when it starts and one when it ends', async (t) => {
  const lines: string[] = []
  const progress = plainProgress((line) => lines.push(line))
  progress.started('base')
  progress.ended('base', { kind: 'built', seconds: 1, bytes: 10 })
  await progress.close()
  t.deepEqual(lines, ['  base       …', '  base       built        1.0 s      10 B'])
})

test('a log tells every few seconds what a long step is at', (t) => {
  const lines: string[] = []
  let now = 0
  const progress = plainProgress(
    (line) => lines.push(line),
    () => now,
  )
  for (now = 0; now < 12_000; now += 500) progress.doing('image', `at ${now}`)
  t.deepEqual(lines, ['  image      at 0', '  image      at 5000', '  image      at 10000'])
})

test('with --json nothing is shown', async (t) => {
  const progress = progressFor('silent')(['base'])
  t.is(progress, silentProgress)
  progress.started('base')
  progress.ended('base', { kind: 'stopped' })
  await progress.close()
})

test('on a terminal the list stays in its place and ends, also with steps that never did', async (t) => {
  const command = [process.execPath, ...scriptWords(new URL('./_terminal.ts', import.meta.url))].join(' ')
  const { CI: _, FORCE_COLOR: __, ...env } = process.env
  const { status, stdout } = spawnSync(
    'script',
    ['--quiet', '--return', '--command', `stty cols 100; ${command}`, '/dev/null'],
    { encoding: 'utf8', env },
  )
  t.is(status, 0, stdout)
  const last = stdout.slice(stdout.lastIndexOf('image '))
  const lines = last.split('\n').map((line) =>
    stripVTControlCharacters(line)
      .replace(/^[^a-z]+/, '')
      .trim(),
  )
  t.deepEqual(
    lines.slice(0, 5).map((line) => line.replace(/ {2,}/g, ' ')),
    ['image cached 1 B', 'base built 2.0 s 3 B', 'agent failed 4.0 s', 'seal stopped', 'closed'],
    stdout,
  )
})

test('several boxes have a row each that tells the step at work; in a log each step has its line with its box', async (t) => {
  const told: string[] = []
  const rows: Progress = {
    started: (step) => told.push(`started ${step}`),
    doing: (step, text) => told.push(`${step}: ${text}`),
    ended: (step, { kind }) => told.push(`${step} ${kind}`),
    close: async () => void told.push('closed'),
  }
  const progress = boxesProgress(rows, (line) => told.push(line))
  const [one, two] = [progress.of('one')(['base', 'seal']), progress.of('two')(['base'])]
  one.ended('base', { kind: 'cached', bytes: 7 })
  two.started('base')
  two.doing('base', '4 of 8 MB')
  one.started('seal')
  await one.close()
  progress.ended('one', { kind: 'failed', seconds: 1 })
  await progress.close()
  t.deepEqual(told, [
    '  one        base       cached                   7 B',
    'one: 1 of 2 done',
    'two: 0 of 1 done, base',
    'two: 0 of 1 done, base  4 of 8 MB',
    'one: 1 of 2 done, seal',
    'one failed',
    'closed',
  ])
})
