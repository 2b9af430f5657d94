import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { endProcess, identify, isRunning, type ProcessIdentity, processorTime } from '../../scripts/lib/boot/process.ts'

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

test('the processor time of a process grows while it computes, and stands still while it sleeps', async (t) => {
  const busy = await start(t, 'echo ready; while :; do :; done')
  const idle = await start(t, 'echo ready; exec sleep 60')
  const [one = 0, still] = [processorTime(busy), processorTime(idle)]
  const end = Date.now() + 10_000
  while ((processorTime(busy) ?? 0) <= one && Date.now() < end) await sleep(20)
  t.true((processorTime(busy) ?? 0) > one)
  t.is(processorTime(idle), still)
  await endProcess(busy, undefined, 0.3)
  t.is(processorTime(busy), undefined, 'it is gone')
})
