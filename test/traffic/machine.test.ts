import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { identify } from '../../scripts/lib/boot/process.ts'
import { machineFolder, writeState } from '../../scripts/lib/boot/state.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { assertLoopback, withTrafficMachine } from '../../scripts/lib/traffic/machine.ts'
import { bare, fixture, temporaryFile } from '../boxfile/_files.ts'

test('load goes to loopback and nowhere else', (t) => {
  for (const host of ['127.0.0.1', '127.8.9.1', '::1', 'localhost']) t.notThrows(() => assertLoopback(host), host)
  for (const host of ['10.0.0.1', '192.168.1.5', '0.0.0.0', 'db1.example', '127.0.0.1.example', '2001:db8::1', ''])
    t.throws(() => assertLoopback(host), { code: 'E_TRAFFIC_ADDRESS' }, host)
})

const box = (t: ExecutionContext) =>
  loadBox(temporaryFile(t, `${bare}app: { port: 5050, service: shop, env: trial, version: 1.0.0 }\n`), fixture)

/** A store in which this very process stands for machines that are up. */
const store = async (
  t: ExecutionContext,
  machines: Readonly<Partial<Record<'container' | 'qemu', string>>>,
): Promise<typeof fixture> => {
  const cache = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rmSync(cache, { recursive: true, force: true }))
  for (const kind of ['container', 'qemu'] as const) {
    const host = machines[kind]
    if (host === undefined) continue
    const folder = machineFolder(cache, 'x', kind)
    mkdirSync(folder, { recursive: true })
    const login = { host, port: 22, user: 'root', key: '/key', hostKey: 'SHA256:x' }
    await writeState(folder, { box: 'x', login, process: identify(process.pid), image: kind })
  }
  return { ...fixture, cache, out: cache }
}

const options = { machine: 'auto', environment: {}, onNote: () => {} } as const

test('a machine that is up is driven as the box file has it, and stays', async (t) => {
  const project = await store(t, { container: '127.0.0.1', qemu: '127.0.0.1' })
  await withTrafficMachine(await box(t), options, project, async (machine) => {
    t.like(machine, { kind: 'container', image: 'container', disposable: false })
    t.deepEqual(machine.driven, { app: { port: 5050, service: 'shop', env: 'trial', paths: ['/'] }, check: null })
    t.is(machine.progress, undefined)
  })
  await withTrafficMachine(await box(t), { ...options, machine: 'qemu' }, project, async ({ kind, progress }) => {
    t.is(kind, 'qemu')
    // An emulated machine is slow, not gone, for as long as its emulator computes.
    t.is(typeof progress?.(), 'number')
  })
})

test('a machine that is up elsewhere is refused, whatever a file says', async (t) => {
  const project = await store(t, { container: '192.0.2.1' })
  await t.throwsAsync(
    withTrafficMachine(await box(t), options, project, async () => t.fail()),
    { code: 'E_TRAFFIC_ADDRESS' },
  )
})

test('without a machine of the kind asked for, the published image is booted', async (t) => {
  const project = await store(t, { container: '127.0.0.1' })
  await t.throwsAsync(
    withTrafficMachine(await box(t), { ...options, machine: 'qemu' }, project, async () => t.fail()),
    { code: 'E_NOT_PUBLISHED' },
  )
})
