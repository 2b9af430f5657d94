import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { $ } from 'zx'
import { launch } from '../../scripts/lib/boot/launch.ts'
import { freePort } from '../../scripts/lib/boot/port.ts'
import { endProcess, isRunning } from '../../scripts/lib/boot/process.ts'
import type { QemuSpec } from '../../scripts/lib/boot/types.ts'

const prepare = async (t: ExecutionContext): Promise<{ folder: string; spec: Omit<QemuSpec, 'sshPort'> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const disk = join(folder, 'disk.qcow2')
  await $({ quiet: true })`qemu-img create -q -f qcow2 ${disk} 1M`
  const shared = {
    name: 'boxhound-test',
    accelerator: 'tcg',
    cpus: 1,
    memory: 32,
    isolated: true,
    credentials: [],
    seed: null,
  } as const
  return { folder, spec: { ...shared, disk, console: join(folder, 'console.log'), qmp: join(folder, 'qmp.sock') } }
}

test('fault 29: a port that was taken between probe and start is replaced by another', async (t) => {
  const { folder, spec } = await prepare(t)
  const thief = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => thief.once('listening', resolve))
  t.teardown(() => thief.close())
  const taken = (thief.address() as AddressInfo).port
  const offers = [taken, taken, await freePort()]
  const pickPort = async (): Promise<number> => offers.shift() ?? 0
  const launched = await launch(spec, { log: join(folder, 'qemu.log'), detached: false, pickPort })
  t.teardown(() => endProcess(launched.process))
  t.not(launched.port, taken)
  t.is(offers.length, 0)
  t.like(await launched.qmp.execute('query-status'), { running: true })
  await launched.qmp.execute('quit')
  await endProcess(launched.process)
  t.false(isRunning(launched.process))
})

test('a machine that cannot start tells QEMU’s own words', async (t) => {
  const { folder, spec } = await prepare(t)
  const disk = join(folder, 'absent.qcow2')
  const log = join(folder, 'qemu.log')
  const error = await t.throwsAsync(launch({ ...spec, disk }, { log, detached: false }), { code: 'E_QEMU_START' })
  t.regex(JSON.stringify(error), /absent\.qcow2/)
  t.regex(await readFile(log, 'utf8'), /absent\.qcow2/)
})
