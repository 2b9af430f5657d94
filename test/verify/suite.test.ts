import type { Duplex } from 'node:stream'
import test from 'ava'
import { bundleSuite } from '../../scripts/lib/verify/bundle.ts'
import { childEnvironment, startRunner, startSuite } from '../../scripts/lib/verify/suite.ts'
import { verifyTarget } from '../../scripts/lib/verify/verify.ts'
import { lab } from './_expectations.ts'
import { startServer } from './_server.ts'

const options = {
  tool: '.',
  machine: 'host' as const,
  image: null,
  keyed: null,
  only: ['first-boot'],
  deadlines: { command: 5, poll: 0, limit: 0 },
}

const record = {
  schema: 1,
  box: 'lab',
  version: '1.0.0',
  state: 'done',
  started: '2026-11-20T10:00:00Z',
  finished: '2026-11-20T10:00:09Z',
  bootId: '8f8c1f0e-5a06-4b0c-8d6e-0f5d7f6b8a11',
  steps: [{ name: 'early/10-machine-id', status: 'done', seconds: 0.1, message: 'made' }],
}

test('the suite runs in its own process against a server and tells what it saw', async (t) => {
  const { target, commands } = await startServer(t, (channel) => {
    channel.write(JSON.stringify(record))
    channel.exit(0)
    channel.end()
  })
  const told: string[] = []
  const results = await verifyTarget(target, lab, { ...options, onResult: ({ id }) => told.push(id) })
  t.like(results, { planned: 1, passed: 1, failed: 0 })
  t.deepEqual(told, ['first-boot'])
  t.deepEqual(commands, ['cat /var/lib/boxhound/first-boot.json'])
})

test('a red check is a result, not an error', async (t) => {
  const { target } = await startServer(t, (channel) => {
    channel.write(JSON.stringify({ ...record, state: 'failed' }))
    channel.exit(0)
    channel.end()
  })
  t.like(await verifyTarget(target, lab, options), { planned: 1, passed: 0, failed: 1 })
})

test('fault 41: another host key ends the verification with both keys', async (t) => {
  const { target } = await startServer(t, () => {})
  const hostKey = `SHA256:${'A'.repeat(43)}`
  const error = await t.throwsAsync(verifyTarget({ ...target, hostKey }, lab, options), { code: 'E_HOST_KEY' })
  t.like(error, { details: { expected: hostKey, found: target.hostKey } })
})

test('a machine that cannot be reached is an error that names it', async (t) => {
  const { target } = await startServer(t, () => {})
  await t.throwsAsync(verifyTarget({ ...target, port: 1 }, lab, options), {
    code: 'E_SSH_CONNECT',
    message: /127\.0\.0\.1:1/,
  })
})

test('a suite that does not end within its deadline is an error, and is ended', async (t) => {
  const { target } = await startServer(t, () => {})
  const slow = { ...options, deadline: 1.5, deadlines: { command: 60, poll: 0, limit: 0 } }
  await t.throwsAsync(verifyTarget(target, lab, slow), { code: 'E_SUITE_DEADLINE', message: /1\.5 s/ })
})

test('a suite that was started ahead judges by the login that was made ahead', async (t) => {
  const { target, logins } = await startServer(t, (channel) => {
    channel.write(JSON.stringify(record))
    channel.exit(0)
    channel.end()
  })
  const suite = await startSuite('.')
  t.teardown(suite.end)
  await suite.connect(target)
  t.like(await verifyTarget(target, lab, { ...options, suite }), { passed: 1, failed: 0 })
  const one = logins()
  const again = await startSuite('.')
  t.teardown(again.end)
  await verifyTarget(target, lab, { ...options, suite: again })
  t.is(logins(), 2 * one, 'each of the two logged in once')
})

test('a command’s failure reaches the check with its words', async (t) => {
  const { target } = await startServer(t, (channel) => {
    channel.exit('KILL')
    channel.end()
  })
  const { checks } = await verifyTarget(target, lab, options)
  t.regex(checks[0]?.observed ?? '', /first-boot\.json: was killed by SIGKILL/)
})

test('keys of the caller are not in the suite’s environment', async (t) => {
  const secrets = { DD_API_KEY: 'k'.repeat(32), AWS_SECRET_ACCESS_KEY: 's' }
  Object.assign(process.env, secrets)
  t.teardown(() => {
    for (const name of Object.keys(secrets)) delete process.env[name]
  })
  for (const name of Object.keys(secrets)) t.false(name in childEnvironment())
})

test('a suite whose verifying process is gone ends by itself', async (t) => {
  const { child, ended } = startRunner(await bundleSuite('.'))
  t.teardown(() => child.kill('SIGKILL'))
  // What the kernel does with every descriptor of a process that is killed.
  ;(child.stdio[3] as Duplex).destroy()
  t.is(await ended, 1)
})

test('a secret in what a check saw reaches no result', async (t) => {
  const { target } = await startServer(t, (channel) => {
    channel.write(
      JSON.stringify({ ...record, steps: [{ name: 'x', status: 'failed', seconds: 1, message: 'password=hunter2' }] }),
    )
    channel.exit(0)
    channel.end()
  })
  const told: string[] = []
  const results = await verifyTarget(target, lab, { ...options, onResult: (result) => told.push(result.observed) })
  t.regex(told.join(), /x failed: password=\*{8}/)
  t.false(JSON.stringify([results, told]).includes('hunter2'))
})

test('a connection that is lost is made anew once, and the checks are judged', async (t) => {
  const notes: string[] = []
  let tries = 0
  const { target, logins } = await startServer(t, (channel, connection) => {
    tries += 1
    if (tries === 1) {
      connection.end()
      return
    }
    channel.write(JSON.stringify(record))
    channel.exit(0)
    channel.end()
  })
  const results = await verifyTarget(target, lab, { ...options, onNote: (text) => notes.push(text) })
  t.like(results, { planned: 1, passed: 1, failed: 0, notJudged: 0 })
  t.true(logins() >= 2)
  t.regex(notes.join(), /the connection was lost \(.+\); reconnecting/)
})

test('what could not be judged for want of a connection is not judged, and not red', async (t) => {
  const { target } = await startServer(t, (_channel, connection) => connection.end())
  const results = await verifyTarget(target, lab, { ...options, only: [], deadlines: { command: 5, poll: 30 } })
  t.is(results.failed, 0, JSON.stringify(results.checks.filter(({ status }) => status === 'failed')))
  t.is(results.notJudged, results.planned)
  t.true(results.checks.every(({ lost }) => lost === true))
  t.regex(results.checks[0]?.observed ?? '', /the connection to the machine was lost[\s\S]*for the second time/)
})
