import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { $ } from 'zx'
import { isRunning, type ProcessIdentity, waitForExit } from '../../scripts/lib/boot/process.ts'
import { clearLeftovers } from '../../scripts/lib/boot/run-folder.ts'

interface Booting {
  readonly child: ChildProcess
  readonly machine: ProcessIdentity
  readonly cache: string
}

const readMachine = async (machines: string): Promise<ProcessIdentity | undefined> => {
  const [name = ''] = await readdir(machines).catch(() => [])
  const text = await readFile(join(machines, name, 'owner.json'), 'utf8').catch(() => '{}')
  return (JSON.parse(text) as { machine?: ProcessIdentity }).machine ?? undefined
}

const boot = async (t: ExecutionContext): Promise<Booting> => {
  const cache = await mkdtemp(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rm(cache, { recursive: true, force: true }))
  const image = join(cache, 'empty.qcow2')
  await $({ quiet: true })`qemu-img create -q -f qcow2 ${image} 1M`
  const child = spawn(process.execPath, ['--import=tsx', 'test/verify/_boot-forever.ts', cache, image], {
    stdio: 'ignore',
  })
  t.teardown(() => child.kill('SIGKILL'))
  for (;;) {
    const machine = await readMachine(join(cache, 'machines'))
    if (machine !== undefined) return { child, machine, cache }
    if (child.exitCode !== null) throw new Error(`ended by itself with status ${child.exitCode}`)
    await sleep(20)
  }
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test.serial(`fault 25: ${signal} while a machine boots leaves no machine and no file behind`, async (t) => {
    const { child, machine, cache } = await boot(t)
    child.kill(signal)
    const [status] = await once(child, 'exit')
    t.is(status, code)
    t.false(isRunning(machine))
    t.deepEqual(await readdir(join(cache, 'machines')), [])
  })
}

test.serial('fault 26: SIGKILL takes the machine along, and the next run clears the folder', async (t) => {
  const { child, machine, cache } = await boot(t)
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.true(await waitForExit(machine, 60), 'the kernel ends the machine with its parent')
  t.is((await clearLeftovers(cache)).length, 1)
  t.deepEqual(await readdir(join(cache, 'machines')), [])
})
