import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { $ } from 'zx'
import { launch } from '../../scripts/lib/boot/launch.ts'
import type { QemuSpec } from '../../scripts/lib/boot/machine-spec.ts'
import { freePort } from '../../scripts/lib/boot/port.ts'
import { endProcess, isRunning } from '../../scripts/lib/boot/process.ts'
import { humanMonitor } from '../../scripts/lib/boot/qmp.ts'

const prepare = async (
  t: ExecutionContext,
): Promise<{ folder: string; spec: Omit<QemuSpec, 'sshPort' | 'confined'> }> => {
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

test.serial('fault 29: a port that was taken between probe and start is replaced by another', async (t) => {
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

test.serial('a machine that cannot start tells QEMU’s own words', async (t) => {
  const { folder, spec } = await prepare(t)
  const disk = join(folder, 'absent.qcow2')
  const log = join(folder, 'qemu.log')
  const error = await t.throwsAsync(launch({ ...spec, disk }, { log, detached: false }), { code: 'E_QEMU_START' })
  t.regex(JSON.stringify(error), /absent\.qcow2/)
  t.regex(await readFile(log, 'utf8'), /absent\.qcow2/)
})

const isConfined = async (pid: number): Promise<boolean> =>
  /^Seccomp:\t2$/m.test(await readFile(`/proc/${pid}/status`, 'utf8'))

test.serial('QEMU gets no secret of the caller, is confined, and its monitor is its user’s alone', async (t) => {
  const { folder, spec } = await prepare(t)
  await chmod(folder, 0o755)
  const umask = process.umask(0)
  const secrets = { DD_API_KEY: 'canary-0', DD_APP_KEY: 'canary-1', AWS_SECRET_ACCESS_KEY: 'canary-2' }
  Object.assign(process.env, secrets)
  t.teardown(() => {
    process.umask(umask)
    for (const name of Object.keys(secrets)) delete process.env[name]
  })
  const launched = await launch(spec, { log: join(folder, 'qemu.log'), detached: false })
  t.teardown(() => endProcess(launched.process))
  const environment = await readFile(`/proc/${launched.process.pid}/environ`, 'utf8')
  t.notRegex(environment, /canary/)
  t.true(await isConfined(launched.process.pid))
  for (const command of ['savevm moment', 'loadvm moment', 'delvm moment']) await humanMonitor(launched.qmp, command)
  t.is((await stat(spec.qmp)).mode & 0o777, 0o600)
  t.is((await stat(folder)).mode & 0o777, 0o700)
  t.is((await stat(spec.console)).mode & 0o777, 0o600)
  t.is(process.umask(), 0)
})

test.serial('a QEMU that was built without seccomp runs all the same', async (t) => {
  const { folder, spec } = await prepare(t)
  const program = join(folder, 'qemu-system-x86_64')
  const refuse = `case " $* " in *" -sandbox "*) echo "$0: -sandbox: There is no option group 'sandbox'" >&2; exit 1 ;; esac`
  const real = (await $({ quiet: true })`command -v qemu-system-x86_64`).stdout.trim()
  await writeFile(program, `#!/bin/bash\n${refuse}\nexec ${real} "$@"\n`, { mode: 0o755 })
  const { PATH } = process.env
  process.env.PATH = `${folder}:${PATH}`
  t.teardown(() => {
    process.env.PATH = PATH
  })
  const launched = await launch(spec, { log: join(folder, 'qemu.log'), detached: false })
  t.teardown(() => endProcess(launched.process))
  t.like(await launched.qmp.execute('query-status'), { running: true })
})
