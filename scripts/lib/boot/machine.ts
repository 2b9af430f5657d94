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

/** An emulated computer with the image's own kernel, or the image's userland on this machine's kernel. */
export type MachineKind = (typeof machineKinds)[number]
export const machineKinds = ['container', 'qemu'] as const

interface Running {
  readonly login: Login
  readonly process: ProcessIdentity
  readonly facts: ConsoleFacts
  /** True if the caller's environment provided an API key. */
  readonly keyed: boolean
  /** Seconds from the start to the first-boot marker. */
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

/** Options for machines of both kinds. */
export interface MachineOptions {
  readonly box: string
  /** Holds everything that belongs to this machine: overlay, key, console. */
  readonly folder: string
  /** True lets it outlive this process. */
  readonly detached: boolean
  readonly environment: NodeJS.ProcessEnv
  /** How this image takes its inputs. */
  readonly seed: Seed
  /** The user's own NoCloud user-data, instead of values from the environment. The login then depends on it. */
  readonly userData?: { readonly text: string; readonly user: string }
  /** Called as soon as there is a process, so that it can be stopped even if the boot never finishes. */
  readonly onStart?: (process: ProcessIdentity, stop: () => Promise<void>) => Promise<void> | void
  /** What to wait for; default is the first-boot marker. */
  readonly until?: Sign
  /** Called with one or more lines about the progress, for the terminal. */
  readonly onNote?: (text: string) => void
  /**
   * A descriptor that the machine's processes keep open while they run, so that `up` can detect a running machine from
   * any PID namespace.
   */
  readonly lock?: number | undefined
  /**
   * Timeout for that in seconds. The default is long enough for a busy emulated processor, and with cloud-init some
   * minutes.
   */
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

/** Writes the inputs as files in `folder`, in the form that the image expects. */
const handOver = async (
  { seed, userData }: BootOptions,
  inputs: GuestInputs,
  folder: string,
): Promise<Pick<QemuSpec, 'credentials' | 'seed'>> =>
  seed === 'nocloud'
    ? { credentials: [], seed: await writeSeed(noCloudFiles(inputs, userData?.text), folder) }
    : { credentials: await writeCredentials(inputs, folder), seed: null }

/** Starts QEMU. The input files exist only until it has read or opened them. */
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
 * Boots a disposable copy of a published image. Returns when first boot is over, whether it succeeded or not
 * (`facts.firstBoot`).
 *
 * On an emulated CPU a good kernel may crash while it patches itself (seen with QEMU 7.2 and two CPUs). This is
 * reported, and the boot is retried once from the published file. Under KVM, or if it happens twice, the image is to
 * blame.
 *
 * @throws E_BOOT, E_GUEST_PANIC, and the errors of `launch`.
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
    // The folder also records its owner, so only files of the first attempt are removed.
    for (const name of ['disk.qcow2', 'console.log', 'id_ed25519', 'id_ed25519.pub'])
      await rm(join(options.folder, name), { force: true })
    return bootOnce(options)
  }
}
