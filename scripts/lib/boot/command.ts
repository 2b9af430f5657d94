// QEMU's command line.

import { sha256 } from '../_helpers/hash.ts'
import type { Accelerator, Credential, QemuSpec } from './machine-spec.ts'

/**
 * `-cpu host` needs KVM. Under TCG, qemu64 avoids emulating AVX (11 s to a login, compared with 13.5 s for `max`). With
 * rdrand the kernel has its entropy before the second CPU runs. Without it, the kernel patches `crng_make_state`
 * seconds later, while both CPUs are running through it, and emulated CPUs have crashed on that (about 1 boot in 100).
 */
const processor: Record<Accelerator, { readonly accel: string; readonly cpu: string }> = {
  kvm: { accel: 'kvm', cpu: 'host' },
  tcg: { accel: 'tcg,thread=multi', cpu: 'qemu64,+rdrand' },
}

/** QEMU splits option values at commas; a doubled comma is a literal one. */
export const optionValue = (text: string): string => text.replaceAll(',', ',,')

const value = optionValue

const credential = ({ name, file }: Credential): string[] => [
  '-fw_cfg',
  `name=opt/io.systemd.credentials/${value(name)},file=${value(file)}`,
]

/**
 * A virtio disk, not a CD: every kernel that boots from virtio has its driver, and the guest's default user is in the
 * group `cdrom`.
 */
const seedDisk = (file: string): string[] => [
  '-drive',
  `file=${value(file)},format=raw,if=none,id=seed,readonly=on`,
  '-device',
  'virtio-blk-pci,drive=seed',
]

/**
 * A MAC address derived from the disk, as unique as any hypervisor's. QEMU's default is the same for all machines, and
 * DHCP may identify machines by it.
 */
const hardwareAddress = (disk: string): string =>
  `52:54:00:${sha256(disk)
    .slice(0, 6)
    .replace(/..(?=.)/g, '$&:')}`

/**
 * Blocks what QEMU never needs once it runs: obsolete system calls, privilege changes, new processes, priorities. A
 * guest that breaks out of QEMU can't use them either.
 */
const confinement = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'

/**
 * The arguments of qemu-system-x86_64 for one disposable machine. A pure function: the same spec gives the same
 * arguments.
 *
 * `cache=unsafe`: the overlay never outlives its machine, so flushing is pointless. `copy-on-read`: see
 * `createOverlay`. `romfile=` removes the network card's boot ROM, which would look for a boot server first. A reset
 * ends QEMU, since a crash loop would otherwise look like a slow boot.
 */
export const qemuArguments = (spec: QemuSpec): string[] => {
  const { accel, cpu } = processor[spec.accelerator]
  const restrict = spec.isolated ? ',restrict=on' : ''
  return [
    ['-name', value(spec.name), '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ['-machine', 'pc,usb=off', '-accel', accel, '-cpu', cpu],
    ['-smp', String(spec.cpus), '-m', String(spec.memory)],
    ['-drive', `file=${value(spec.disk)},format=qcow2,if=none,id=disk,cache=unsafe,discard=unmap,copy-on-read=on`],
    ['-device', 'virtio-blk-pci,drive=disk'],
    ['-netdev', `user,id=net${restrict},hostfwd=tcp:127.0.0.1:${spec.sshPort}-:22`],
    ['-device', `virtio-net-pci,netdev=net,romfile=,mac=${hardwareAddress(spec.disk)}`],
    ['-object', 'rng-random,id=rng,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=rng'],
    ['-chardev', `file,id=console,path=${value(spec.console)}`, '-serial', 'chardev:console'],
    ['-qmp', `unix:${value(spec.qmp)},server=on,wait=off`],
    spec.confined ? ['-sandbox', confinement] : [],
    spec.credentials.flatMap(credential),
    spec.seed === null ? [] : seedDisk(spec.seed),
  ].flat()
}
