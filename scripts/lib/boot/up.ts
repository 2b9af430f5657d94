// Machines that outlive the verb.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { holdFile } from '../_helpers/kernel-lock.ts'
import type { Project } from '../_helpers/paths.ts'
import { withLock } from '../cache/lock.ts'
import { chooseAccelerator } from './accelerator.ts'
import { bootContainer, endContainer } from './container.ts'
import { expandImage } from './expand.ts'
import { kernelBootsUnderKvm } from './kernel-probe.ts'
import { writeKnownHosts } from './known-hosts.ts'
import {
  bootMachine,
  type Login,
  type Machine,
  type MachineKind,
  type MachineOptions,
  machineKinds,
} from './machine.ts'
import type { ConsoleFacts } from './machine-spec.ts'
import { endProcess, isRunning, type ProcessIdentity } from './process.ts'
import { type Bootable, readBootable, readDraft } from './published-image.ts'
import { connectQmp } from './qmp.ts'
import { socketPath, socketRemains } from './socket.ts'
import {
  machineFolder,
  machineLock,
  readState,
  refuseElsewhere,
  removeState,
  runningMachine,
  writeState,
} from './state.ts'

export interface Up {
  readonly login: Login
  /** True if it was already up. */
  readonly already: boolean
}

export interface UpOptions {
  readonly kind: MachineKind
  /** Called with one or more lines about the progress; never written to stdout, which is reserved for --json. */
  readonly onNote: (text: string) => void
  /** Source of DD_API_KEY and similar variables. */
  readonly environment: NodeJS.ProcessEnv
  /** True uses the newest draft instead of the published image. */
  readonly draft: boolean
}

export const knownHostsFile = (cache: string, box: string, kind: MachineKind): string =>
  join(machineFolder(cache, box, kind), 'known_hosts')

const failedFirstBoot = ({ failedStep }: ConsoleFacts, box: string): BoxhoundError =>
  new BoxhoundError('E_FIRST_BOOT', `first boot failed in step ${failedStep ?? '(unknown)'}`, {
    next: `npm run verify -- ${box}`,
  })

/** Boots a machine of this kind, in the folder that its options name. */
const boot = async (
  { image }: Bootable,
  { kind, environment, draft }: UpOptions,
  options: MachineOptions,
  project: Project,
): Promise<Machine> => {
  if (kind === 'qemu') {
    const kernelBoots = (): Promise<boolean> => kernelBootsUnderKvm(options.box, image)
    const accelerator = await chooseAccelerator({ cache: project.cache, environment, kernelBoots })
    return bootMachine({ ...options, image, accelerator, isolated: false })
  }
  // A draft is an overlay in the store and not compressed.
  const disk = draft ? image : join(options.folder, 'disk.raw')
  if (!draft) await expandImage(image, disk)
  return bootContainer({ ...options, tool: project.tool, disk })
}

/**
 * Starts a machine that outlives this process from a verified image, and stops an earlier one.
 *
 * @throws E_FIRST_BOOT, and the errors of booting; then nothing is left behind.
 */
export const startMachine = async (
  box: string,
  bootable: Bootable,
  options: UpOptions,
  project: Project,
): Promise<Login> => {
  const { kind, environment, onNote } = options
  const { sha256, seed } = bootable
  const folder = machineFolder(project.cache, box, kind)
  await end(box, kind, project)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(machineLock(folder), '', { mode: 0o600 })
  const held = await holdFile(machineLock(folder))
  let finished = false
  const giveUp = async (): Promise<void> => {
    held?.release()
    if (!finished) await end(box, kind, project)
  }
  return withCleanup(giveUp, async () => {
    const machine = await boot(
      bootable,
      options,
      {
        box,
        folder,
        detached: true,
        environment,
        seed,
        onNote,
        lock: held?.descriptor,
        onStart: (process) => writeState(folder, { box, login: null, process, image: sha256 }),
      },
      project,
    )
    if (machine.facts.firstBoot === 'failed') throw failedFirstBoot(machine.facts, box)
    const { login, process } = machine
    await writeKnownHosts(knownHostsFile(project.cache, box, kind), login.port, login.hostKey)
    await writeState(folder, { box, login, process, image: sha256 })
    if (machine.kind === 'qemu') machine.qmp.close()
    finished = true
    return login
  })
}

/**
 * Starts a machine that outlives this process from the published image. There is one of each kind per box: a second
 * call finds the first.
 */
export const up = async (box: string, options: UpOptions, project: Project): Promise<Up> => {
  const running = await runningMachine(project.cache, box, options.kind)
  if (running !== null) return { login: running.login, already: true }
  return withLock(lockOf(box), 'up', project, async () => {
    const bootable = await (options.draft ? readDraft : readBootable)(box, project)
    return { login: await startMachine(box, bootable, options, project), already: false }
  })
}

const endQemu = (process: ProcessIdentity, folder: string): Promise<void> =>
  endProcess(process, async () => {
    const qmp = await connectQmp(socketPath(folder), 3)
    await qmp.execute('quit')
  })

/** Stops the machine's exact process and removes its disk; a process that merely reuses the PID is left alone. */
const end = async (box: string, kind: MachineKind, project: Project): Promise<boolean> => {
  const folder = machineFolder(project.cache, box, kind)
  const state = await readState(folder)
  if (state !== null) await refuseElsewhere(folder, state)
  const was = state !== null && isRunning(state.process)
  if (kind === 'container' && state !== null) await endContainer(state.process, folder)
  else if (was) await endQemu(state.process, folder)
  await rm(socketRemains(folder), { recursive: true, force: true })
  await removeState(folder)
  return was
}

/**
 * Stops machines of the box: QEMU is asked first, then ended with SIGTERM and SIGKILL.
 *
 * @param kinds default: all.
 * @returns the kinds that were up.
 */
export const down = (
  project: Project,
  box: string,
  kinds: readonly MachineKind[] = machineKinds,
): Promise<MachineKind[]> =>
  withLock(lockOf(box), 'down', project, async () => {
    const ended: MachineKind[] = []
    for (const kind of kinds) if (await end(box, kind, project)) ended.push(kind)
    return ended
  })

/** Name of the lock under which only one process at a time starts or stops a machine of this box. */
export const lockOf = (box: string): string => `machine-${box}`
