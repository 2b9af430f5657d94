// QEMU's command line.

import { sha256 } from '../_helpers/hash.ts'
import type { Accelerator, Credential, QemuSpec } from './machine-spec.ts'

/**
 * `-cpu host` needs KVM; under TCG qemu64 avoids emulating AVX (11 s to a login where `max` needs 13.5 s). With rdrand the kernel has its
 * entropy before the second CPU runs: without, it patches `crng_make_state` seconds later, while both CPUs run through it, and emulated
 * CPUs were seen to die of that (about 1 boot in 100).
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

/** A virtio disk, not a CD: every kernel that boots from one has its driver, and the guest's default user is in the group `cdrom`. */
const seedDisk = (file: string): string[] => [
  '-drive',
  `file=${value(file)},format=raw,if=none,id=seed,readonly=on`,
  '-device',
  'virtio-blk-pci,drive=seed',
]

/** A network card of this disk's own, as any hypervisor gives it: QEMU's default is one address for all, and DHCP may know machines by it. */
const hardwareAddress = (disk: string): string =>
  `52:54:00:${sha256(disk)
    .slice(0, 6)
    .replace(/..(?=.)/g, '$&:')}`

/** What QEMU never needs once it runs: old system calls, other privileges, programs, priorities. A guest that breaks out of it finds none. */
const confinement = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'

/**
 * The arguments of qemu-system-x86_64 for one disposable machine. Pure: the same spec gives the same arguments.
 *
 * `cache=unsafe`: the overlay never outlives its machine, so its flushes buy nothing. `copy-on-read`: see `createOverlay`. `romfile=` drops the network
 * card's boot ROM, which would search for a boot server first. A guest that resets ends QEMU: a crash loop would
 * otherwise look like a slow boot.
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
