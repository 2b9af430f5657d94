import test from 'ava'
import { qemuArguments } from '../../scripts/lib/boot/command.ts'
import type { QemuSpec } from '../../scripts/lib/boot/machine-spec.ts'

const spec: QemuSpec = {
  name: 'boxhound-lab',
  accelerator: 'tcg',
  cpus: 2,
  memory: 2048,
  disk: '/run/x/disk.qcow2',
  sshPort: 40022,
  isolated: true,
  console: '/run/x/console.log',
  qmp: '/run/x/qmp.sock',
  credentials: [],
  seed: null,
  confined: true,
}

/** The values that follow a flag, in order. */
const valuesOf = (flag: string, over: Partial<QemuSpec> = {}): string[] => {
  const list = qemuArguments({ ...spec, ...over })
  return list.flatMap((word, index) => (word === flag ? [list[index + 1] ?? ''] : []))
}

test('each disk has a network card of its own, the same one at each boot', (t) => {
  const card = (disk: string) => valuesOf('-device', { disk }).find((device) => device.startsWith('virtio-net-pci'))
  t.regex(card('/run/x/disk.qcow2') ?? '', /,mac=52:54:00(?::[0-9a-f]{2}){3}$/)
  t.is(card('/run/x/disk.qcow2'), card('/run/x/disk.qcow2'))
  t.not(card('/run/x/disk.qcow2'), card('/run/y/disk.qcow2'))
})

const table: readonly [title: string, over: Partial<QemuSpec>, flag: string, values: string[]][] = [
  ['emulation runs multi-threaded', {}, '-accel', ['tcg,thread=multi']],
  ['emulation takes a plain processor', {}, '-cpu', ['qemu64,+rdrand']],
  ['KVM takes the host’s processor', { accelerator: 'kvm' }, '-cpu', ['host']],
  ['KVM is asked for by name', { accelerator: 'kvm' }, '-accel', ['kvm']],
  ['memory is in MiB', { memory: 1024 }, '-m', ['1024']],
  ['a disposable machine reaches nothing', {}, '-netdev', ['user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:40022-:22']],
  [
    'a machine of the user may reach out',
    { isolated: false },
    '-netdev',
    ['user,id=net,hostfwd=tcp:127.0.0.1:40022-:22'],
  ],
  [
    'a comma in a path is doubled',
    { disk: '/a,b/disk.qcow2' },
    '-drive',
    ['file=/a,,b/disk.qcow2,format=qcow2,if=none,id=disk,cache=unsafe,discard=unmap,copy-on-read=on'],
  ],
  ['without credentials there is no firmware entry', {}, '-fw_cfg', []],
  [
    'credentials go by file',
    { credentials: [{ name: 'boxhound.dd_api_key', file: '/run/x/c' }] },
    '-fw_cfg',
    ['name=opt/io.systemd.credentials/boxhound.dd_api_key,file=/run/x/c'],
  ],
  [
    'a seed is a disk of its own that the guest cannot write to',
    { seed: '/run/x/seed.iso' },
    '-drive',
    [
      'file=/run/x/disk.qcow2,format=qcow2,if=none,id=disk,cache=unsafe,discard=unmap,copy-on-read=on',
      'file=/run/x/seed.iso,format=raw,if=none,id=seed,readonly=on',
    ],
  ],
  ['QEMU is confined', {}, '-sandbox', ['on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny']],
  ['a QEMU without seccomp is not', { confined: false }, '-sandbox', []],
  ['the monitor is a socket that QEMU does not wait for', {}, '-qmp', ['unix:/run/x/qmp.sock,server=on,wait=off']],
]

for (const [title, over, flag, values] of table) {
  test(title, (t) => {
    t.deepEqual(valuesOf(flag, over), values)
  })
}

test('the host’s processor is never asked for without KVM', (t) => {
  t.false(qemuArguments(spec).includes('host'))
})
