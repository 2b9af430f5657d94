import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import test from 'ava'
import { endedWith, outcomeOf, startChild, statusOf } from '../../scripts/lib/_helpers/child.ts'
import { $ } from '../../scripts/lib/_helpers/shell.ts'

test.before(() => {
  Object.assign(process.env, { DD_API_KEY: 'canary', AWS_SECRET_ACCESS_KEY: 'canary', BASH_ENV: '/nonexistent/canary' })
})

test('fault 57: no way to start a process hands on a secret', async (t) => {
  const child = startChild('sleep', ['60'])
  t.teardown(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  t.notRegex(await readFile(`/proc/${child.pid}/environ`, 'utf8'), /canary/)
  t.notRegex(String((await outcomeOf('env', [])).stdout), /canary/)
  t.notRegex((await $()`env`).stdout, /canary/)
  t.is(statusOf('bash', ['-c', 'env | grep --quiet canary']), 1)
})

test('what a program printed comes with its exit status, whatever that is', async (t) => {
  const { code, stdout, stderr } = await outcomeOf('bash', ['-c', 'cat; echo oops >&2; exit 3'], { input: 'given' })
  t.is(code, 3)
  t.is(String(stdout), 'given')
  t.is(String(stderr), 'oops\n')
})

test('a missing program is told, and one that is too slow is killed', async (t) => {
  await t.throwsAsync(outcomeOf('no-such-program', []), { code: 'ENOENT' })
  t.is(statusOf('no-such-program', []), null)
  await t.throwsAsync(outcomeOf('sleep', ['60'], { timeout: 50 }))
  await t.throwsAsync(outcomeOf('yes', [], { largest: 1000 }))
})

test('only what is given reaches a child that is given something', async (t) => {
  const { stdout } = await outcomeOf('/usr/bin/env', [], { environment: { A: '1' } })
  t.is(String(stdout), 'A=1\n')
})

test('what should end with its parent does not start once that has gone', async (t) => {
  const run = async (parent: number): Promise<{ code: number; stdout: string }> => {
    const [program, ...words] = endedWith(parent, ['printf', '%s|', 'a b', '"$x"'], 'SIGKILL')
    const { code, stdout } = await outcomeOf(program, words)
    return { code, stdout: String(stdout) }
  }
  t.deepEqual(await run(process.pid), { code: 0, stdout: 'a b|"$x"|' })
  // Another parent: that of a process whose own was killed.
  t.deepEqual(await run(1), { code: 1, stdout: '' })
})
