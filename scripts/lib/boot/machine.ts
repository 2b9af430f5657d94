// Boots a machine.

import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Seed } from '../render/rendered-box.ts'
import { inputsFrom, removeCredentials, writeCredentials } from './credentials.ts'
import { createOverlay } from './disk.ts'
import { awaitConsole, hostKeyOf, type Sign } from './first-boot.ts'
import { createKeyPair } from './key-pair.ts'
import { type Launched, launch } from './launch.ts'
import type { Accelerator, ConsoleFacts, GuestInputs, QemuSpec } from './machine-spec.ts'
import { endProcess, type ProcessIdentity } from './process.ts'
import type { Qmp } from './qmp.ts'
import { noCloudFiles, writeSeed } from './seed.ts'
import { socketPath } from './socket.ts'

/** How to reach a machine, as `up --json` prints it. */
export interface Login {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Private key's file. */
  readonly key: string
  /** `SHA256:…`, read from the machine's console. */
  readonly hostKey: string
}

/** What runs a machine: an emulated computer with the image's own kernel, or the image's userland on this machine's kernel. */
export type MachineKind = (typeof machineKinds)[number]
export const machineKinds = ['container', 'qemu'] as const

interface Running {
  readonly login: Login
  readonly process: ProcessIdentity
  readonly facts: ConsoleFacts
  /** True when the caller's environment handed in an API key. */
  readonly keyed: boolean
  /** Seconds from its start to the first-boot marker. */
  readonly bootSeconds: number
  readonly stop: () => Promise<void>
}

export interface QemuMachine extends Running {
  readonly kind: 'qemu'
  readonly qmp: Qmp
}

export interface ContainerMachine extends Running {
  readonly kind: 'container'
}

export type Machine = QemuMachine | ContainerMachine

/** What machines of both kinds are started with. */
export interface MachineOptions {
  readonly box: string
  /** Everything of this machine is kept here: overlay, key, console. */
  readonly folder: string
  /** True lets it outlive this process. */
  readonly detached: boolean
  readonly environment: NodeJS.ProcessEnv
  /** The way that this image takes inputs. */
  readonly seed: Seed
  /** NoCloud user-data in place of what the environment gives: a user's own, on which the login depends then. */
  readonly userData?: { readonly text: string; readonly user: string }
  /** Told as soon as there is a process, so that it can be ended even if the boot never ends. */
  readonly onStart?: (process: ProcessIdentity, stop: () => Promise<void>) => Promise<void> | void
  /** What ends the wait, default the first-boot marker. */
  readonly until?: Sign
  /** One line or more about what is going on, for the terminal. */
  readonly onNote?: (text: string) => void
  /** A descriptor that the machine's processes keep open for as long as they run: `up` knows by it, in any PID namespace, that there is one. */
  readonly lock?: number | undefined
  /** Seconds until it must have been seen, by default long enough for a busy emulated processor, with cloud-init in minutes. */
  readonly deadline?: number
}

export interface BootOptions extends MachineOptions {
  /** The published qcow2. */
  readonly image: string
  readonly accelerator: Accelerator
  /** True cuts the guest off from everything but its SSH port. */
  readonly isolated: boolean
  /** MiB, default 2048. */
  readonly memory?: number
}

/** The inputs as files in `folder`, in the way that the image takes them. */
const handOver = async (
  { seed, userData }: BootOptions,
  inputs: GuestInputs,
  folder: string,
): Promise<Pick<QemuSpec, 'credentials' | 'seed'>> =>
  seed === 'nocloud'
    ? { credentials: [], seed: await writeSeed(noCloudFiles(inputs, userData?.text), folder) }
    : { credentials: await writeCredentials(inputs, folder), seed: null }

/** Starts QEMU; the inputs are files only as long as it needs to read or open them. */
const start = async (options: BootOptions, inputs: GuestInputs, disk: string, console: string): Promise<Launched> => {
  const { folder, accelerator, isolated, memory = 2048 } = options
  const secrets = join(folder, 'credentials')
  try {
    const handed = await handOver(options, inputs, secrets)
    const machine = { name: `boxhound-${options.box}`, accelerator, cpus: 2, memory, isolated }
    const files = { disk, console, qmp: socketPath(folder), ...handed }
    return await launch(
      { ...machine, ...files },
      {
        log: join(folder, 'qemu.log'),
        detached: options.detached,
        lock: options.lock,
        onSpawn: (process) => options.onStart?.(process, () => endProcess(process)),
      },
    )
  } finally {
    await removeCredentials(secrets)
  }
}

const bootOnce = async (options: BootOptions): Promise<QemuMachine> => {
  const { folder, image, seed, deadline = seed === 'nocloud' ? 480 : 240 } = options
  const begun = Date.now()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const disk = join(folder, 'disk.qcow2')
  const console = join(folder, 'console.log')
  const [key] = await Promise.all([createKeyPair(folder), createOverlay(image, disk)])
  const inputs = inputsFrom(options.environment, [key.publicKey])
  const launched = await start(options, inputs, disk, console)
  const stop = async (): Promise<void> => {
    await endProcess(launched.process, () => launched.qmp.execute('quit'))
    launched.qmp.close()
  }
  try {
    const facts = await awaitConsole(console, launched.process, options.until ?? 'first-boot', deadline)
    const login = {
      host: '127.0.0.1',
      port: launched.port,
      user: options.userData?.user ?? 'root',
      key: key.file,
      hostKey: hostKeyOf(facts, console),
    }
    const bootSeconds = (Date.now() - begun) / 1000
    return { kind: 'qemu', ...launched, login, facts, keyed: inputs.apiKey !== undefined, bootSeconds, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * Boots a disposable copy of a published image and returns when first boot is over, well or badly (`facts.firstBoot`).
 *
 * An emulated CPU may let a sound kernel die while it patches itself (seen with QEMU 7.2 and two CPUs). That is told, and the boot tried once more
 * from the published file; under KVM, or when it happens twice, it is the image's fault.
 *
 * @throws E_BOOT, E_GUEST_PANIC, and what `launch` throws.
 */
export const bootMachine = async (options: BootOptions): Promise<QemuMachine> => {
  try {
    return await bootOnce(options)
  } catch (error) {
    const again = error instanceof BoxhoundError && error.code === 'E_GUEST_PANIC' && options.accelerator === 'tcg'
    if (!again) throw error
    options.onNote?.(
      `kernel panic on the emulated processor; retrying from the published file\n${error.details.found ?? ''}`,
    )
    // The folder also says whose it is: only what the first try made goes.
    for (const name of ['disk.qcow2', 'console.log', 'id_ed25519', 'id_ed25519.pub'])
      await rm(join(options.folder, name), { force: true })
    return bootOnce(options)
  }
}
