import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { lastingRun } from '../../scripts/lib/verify/lasting.ts'
import type { Session } from '../../scripts/lib/verify/ssh.ts'

/** A connection that is lost at its first command, or answers each. */
const session = (lost?: string): Session => ({
  run: async (command) => {
    if (lost !== undefined) throw new BoxhoundError('E_SSH_LOST', `${command}: the connection ended`)
    return { code: 0, stdout: command, stderr: '', seconds: 0 }
  },
  lost: () => lost,
  forward: async () => 1,
  close: () => {},
})

test('commands that were running when the connection was lost share one new connection', async (t) => {
  let opened = 0
  const lost: string[] = []
  const open = async (): Promise<Session> => {
    opened += 1
    return session()
  }
  const run = lastingRun(open, Promise.resolve(session('Keepalive timeout')), (why) => lost.push(why))
  const results = await Promise.all(['a', 'b', 'c'].map((command) => run(command)))
  t.deepEqual(
    results.map(({ stdout }) => stdout),
    ['a', 'b', 'c'],
  )
  t.is(opened, 1)
  t.deepEqual(lost, ['Keepalive timeout'])
})

test('a second loss is the end', async (t) => {
  const run = lastingRun(async () => session('reset'), Promise.resolve(session('Keepalive timeout')))
  await t.throwsAsync(run('a'), { code: 'E_UNREACHABLE', message: /^a: the connection to the machine was lost/ })
  await t.throwsAsync(run('b'), { code: 'E_UNREACHABLE' })
})

test('a machine that shows another host key is not trusted the second time either', async (t) => {
  const open = async (): Promise<Session> => {
    throw new BoxhoundError('E_HOST_KEY', 'another machine answers')
  }
  const run = lastingRun(open, Promise.resolve(session('closed')))
  const error = await t.throwsAsync<BoxhoundError>(run('a'), { code: 'E_UNREACHABLE' })
  t.regex(error.details.found ?? '', /another machine answers/)
})

test('a command that fails on a living connection has told something, and is not run again', async (t) => {
  const living = { ...session(), run: () => Promise.reject(new BoxhoundError('E_SSH_DEADLINE', 'too slow')) }
  const run = lastingRun(() => t.fail() as never, Promise.resolve(living))
  await t.throwsAsync(run('a'), { code: 'E_SSH_DEADLINE' })
})

test('a first login that fails is told as it is', async (t) => {
  const run = lastingRun(async () => session(), Promise.reject(new BoxhoundError('E_SSH_AUTH', 'no')))
  await t.throwsAsync(run('a'), { code: 'E_SSH_AUTH' })
})
