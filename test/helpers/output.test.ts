// A reader that goes, a full disk, a terminal that is lost: the run cleans up and ends, without a stack trace.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { temporaryFolder } from '../render/_render.ts'
import { scriptWords } from './_child.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = join(root, 'scripts/_run.mjs')

/** Runs a line of shell; `$@` is the program. Its exit status is the program's, whatever stands behind a pipe. */
const shell = (line: string, words: readonly string[]): { code: number | null; stderr: string } => {
  const script = `set -o pipefail; ${line}`
  const done = spawnSync('bash', ['-c', script, 'bash', process.execPath, ...words], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { code: done.status, stderr: done.stderr }
}

const quiet = (t: ExecutionContext, stderr: string): void => {
  t.notRegex(stderr, /\n {4}at |node:internal|Node\.js v|EPIPE|throw er/, stderr)
}

for (const [what, line, code, words] of [
  ['stdout is a pipe whose reader has gone', '"$@" | head -n 1 >/dev/null', 141, ['stdout']],
  ['stdout is full', '"$@" >/dev/full', 1, ['stdout']],
  ['stderr is a pipe whose reader has gone', '"$@" 2> >(head -n 1 >/dev/null)', 141, ['stderr']],
  ['stderr is full', '"$@" 2>/dev/full', 1, ['stderr']],
  ['an event throws', '"$@"', 1, ['throws']],
] as const)
  test(`${what}: clean-up, ${code}`, (t) => {
    const file = join(temporaryFolder(t), 'cleaned')
    const done = shell(line, [...scriptWords(new URL('./_output.ts', import.meta.url)), ...words, file])
    t.is(done.code, code, done.stderr)
    t.true(existsSync(file) && readFileSync(file, 'utf8') === 'clean')
    if (words[0] !== 'throws') quiet(t, done.stderr)
  })

for (const [what, line, code, words] of [
  ['help', '"$@" >/dev/full', 1, ['bake', '--help']],
  ['help', '"$@" | true', 141, ['bake', '--help']],
  ['an error as JSON', '"$@" >/dev/full', 1, ['bake', '--nothing', '--json']],
  ['an error', '"$@" 2>/dev/full', 1, ['bake', '--nothing']],
] as const)
  test(`${what} of a verb that goes nowhere (${line}): ${code}`, (t) => {
    // The reader is to be gone before the first line comes.
    const done = shell(line.replace('"$@"', '{ sleep 0.5; "$@"; }'), [run, ...words])
    t.is(done.code, code, done.stderr)
    quiet(t, done.stderr)
  })

test('a full output says why on stderr', (t) => {
  t.is(shell('"$@" >/dev/full', [run, 'bake', '--help']).stderr, 'the output cannot be written: ENOSPC\n')
})
