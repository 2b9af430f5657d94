import test from 'ava'
import { verifyTarget } from '../../scripts/lib/verify/verify.ts'
import { lab } from './_expectations.ts'
import { startServer } from './_server.ts'

const options = {
  root: '.',
  machine: 'host' as const,
  image: null,
  keyed: null,
  only: ['first-boot'],
  deadlines: { command: 5, poll: 0 },
}

const record = {
  ...{
    schema: 1,
    box: 'lab',
    version: '1.0.0',
    state: 'done',
    started: '2026-11-20T10:00:00Z',
    finished: '2026-11-20T10:00:09Z',
  },
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
