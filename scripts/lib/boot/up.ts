import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { takeLock } from '../cache/lock.ts'
import { chooseAccelerator } from './accelerator.ts'
import { kernelBootsUnderKvm } from './kernel-probe.ts'
import { writeKnownHosts } from './known-hosts.ts'
import { bootMachine, type Login } from './machine.ts'
import { endProcess, isRunning } from './process.ts'
import { readBootable, readDraft } from './published.ts'
import { connectQmp } from './qmp.ts'
import { socketPath } from './socket.ts'
import { machineFolder, readState, removeState, runningMachine, writeState } from './state.ts'
import type { ConsoleFacts } from './types.ts'

export interface Up {
  readonly login: Login
  /** True when it was up before. */
  readonly already: boolean
}

export interface UpOptions {
  /** One line or more about what is going on; never on stdout, which belongs to --json. */
  readonly onNote: (text: string) => void
  /** Where DD_API_KEY and its like are taken from. */
  readonly environment: NodeJS.ProcessEnv
  /** True: the newest draft instead of the published image. */
  readonly draft: boolean
}

export const knownHostsFile = (cache: string, box: string): string => join(machineFolder(cache, box), 'known_hosts')

const failedFirstBoot = ({ failedStep }: ConsoleFacts, box: string): BoxhoundError =>
  new BoxhoundError('E_FIRST_BOOT', `first boot failed in step ${failedStep ?? '(unknown)'}`, {
    next: `npm run verify -- ${box}`,
  })

const start = async (project: Project, box: string, options: UpOptions): Promise<Login> => {
  const { environment, draft } = options
  const { image, sha256, seed } = await (draft ? readDraft : readBootable)(project, box)
  const folder = machineFolder(project.cache, box)
  await end(project, box)
  const kernelBoots = (): Promise<boolean> => kernelBootsUnderKvm(box, image)
  const accelerator = await chooseAccelerator({ cache: project.cache, environment, kernelBoots })
  let finished = false
  const giveUp = async (): Promise<void> => {
    if (!finished) await end(project, box)
  }
  return withCleanup(giveUp, async () => {
    const machine = await bootMachine({
      ...{ box, image, folder, accelerator, detached: true, isolated: false, environment, seed },
      onNote: options.onNote,
      onStart: (process) => writeState(folder, { box, login: null, process, image: sha256 }),
    })
    if (machine.facts.firstBoot === 'failed') throw failedFirstBoot(machine.facts, box)
    const { login, process } = machine
    await writeKnownHosts(knownHostsFile(project.cache, box), login.port, login.hostKey)
    await writeState(folder, { box, login, process, image: sha256 })
    machine.qmp.close()
    finished = true
    return login
  })
}

/** Starts a machine from the published image that outlives this process; one per box, a second call finds the first. */
export const up = async (project: Project, box: string, options: UpOptions): Promise<Up> => {
  const running = await runningMachine(project.cache, box)
  if (running !== null) return { login: running, already: true }
  return withLock(project, box, 'up', async () => ({ login: await start(project, box, options), already: false }))
}

/** Ends the machine's very process and removes its disk; a process that merely got the old number is left alone. */
const end = async (project: Project, box: string): Promise<boolean> => {
  const folder = machineFolder(project.cache, box)
  const state = await readState(folder)
  const was = state !== null && isRunning(state.process)
  if (was) {
    await endProcess(state.process, async () => {
      const qmp = await connectQmp(socketPath(folder), 3)
      await qmp.execute('quit')
    })
  }
  await rm(socketPath(folder), { force: true })
  await removeState(folder)
  return was
}

/**
 * Ends the box's machine: asks QEMU first, then by SIGTERM and SIGKILL.
 *
 * @returns false when there was none.
 */
export const down = (project: Project, box: string): Promise<boolean> =>
  withLock(project, box, 'down', () => end(project, box))

const withLock = async <T>(project: Project, box: string, verb: string, work: () => Promise<T>): Promise<T> => {
  const { release } = await takeLock(project, `machine-${box}`, verb)
  return withCleanup(release, work)
}
