// Processor, memory, load, versions of tools.

import { readFile } from 'node:fs/promises'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { cleanEnvironment } from '../_helpers/environment.ts'
import { askSandbox } from '../_helpers/sandbox.ts'
import type { Accelerator } from '../boot/machine-spec.ts'
import type { Load, Machine } from './measurement.ts'

/** The current load averages, to show whether the machine was busy during a benchmark. */
export const loadNow = (): Load => {
  const [one = 0, five = 0, fifteen = 0] = loadavg().map((value) => Math.round(value * 100) / 100)
  return [one, five, fifteen]
}

const systemName = async (): Promise<string> =>
  /^PRETTY_NAME="?(.*?)"?$/m.exec(await readFile('/etc/os-release', 'utf8').catch(() => ''))?.[1] ?? process.platform

/** What a reader must know about the machine. */
export const describeMachine = async (accelerator: Accelerator): Promise<Machine> => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryBytes: totalmem(),
  kernel: release(),
  system: await systemName(),
  accelerator,
})

/** The version in the first line that a tool prints, or `unknown`. */
const ask = async (command: readonly string[]): Promise<string> => {
  const { stdout } = await askSandbox(command, cleanEnvironment())
  return /\d+\.\d[\w.+~-]*|\b\d+\b/.exec(stdout.split('\n')[0] ?? '')?.[0] ?? 'unknown'
}

const versionCommands: Readonly<Record<string, readonly string[]>> = {
  packer: ['packer', 'version'],
  mkosi: ['mkosi', '--version'],
  'guestfs-tools': ['virt-customize', '--version'],
}

/** Versions of the measured tools; only those needed, since some take a second to print theirs. */
export const toolVersions = async (packages: readonly string[]): Promise<Record<string, string>> => {
  const wanted = Object.entries(versionCommands).filter(([name]) => packages.includes(name))
  const asked = await Promise.all(wanted.map(async ([name, command]) => [name, await ask(command)] as const))
  return {
    node: process.versions.node,
    qemu: await ask(['qemu-system-x86_64', '--version']),
    ...Object.fromEntries(asked),
  }
}
