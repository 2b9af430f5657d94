import { spawn } from 'node:child_process'
import { once } from 'node:events'
import test, { type ExecutionContext } from 'ava'
import { endProcess, identify, isRunning, type ProcessIdentity } from '../../scripts/lib/boot/process.ts'

const start = async (t: ExecutionContext, script: string): Promise<ProcessIdentity> => {
  const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return identify(child.pid ?? 0)
}

test('fault 28: a process that ignores SIGTERM is killed after a grace period', async (t) => {
  const identity = await start(t, "trap '' TERM; echo ready; while :; do sleep 0.1; done")
  await endProcess(identity, undefined, 0.3)
  t.false(isRunning(identity))
})

test('a process that ends when asked gets no signal', async (t) => {
  const identity = await start(t, 'echo ready; sleep 60')
  let asked = 0
  await endProcess(identity, async () => {
    asked += 1
    process.kill(identity.pid, 'SIGINT')
  })
  t.is(asked, 1)
})

test('a process that only has the number is left alone', async (t) => {
  const identity = await start(t, 'echo ready; sleep 60')
  const impostor = { ...identity, started: '1' }
  t.false(isRunning(impostor))
  await endProcess(impostor, () => Promise.reject(t.fail('was asked')))
  t.true(isRunning(identity))
  await endProcess(identity)
})
