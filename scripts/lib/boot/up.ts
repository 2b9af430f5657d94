import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { chooseAccelerator } from './accelerator.ts'
import { kernelBootsUnderKvm } from './kernel-probe.ts'
import { writeKnownHosts } from './known-hosts.ts'
import { bootMachine, type Login } from './machine.ts'
import { endProcess } from './process.ts'
import { readPublished } from './published.ts'
import { connectQmp } from './qmp.ts'
import { socketPath } from './socket.ts'
import { machineFolder, readState, removeState, runningMachine, writeState } from './state.ts'

export interface Up {
  readonly login: Login
  /** True when it was up before. */
  readonly already: boolean
}

export const knownHostsFile = (cache: string, box: string): string => join(machineFolder(cache, box), 'known_hosts')

/** Starts a machine from the published image that outlives this process; one per box, a second call finds the first. */
export const up = async (project: Project, box: string, environment: NodeJS.ProcessEnv): Promise<Up> => {
  const running = await runningMachine(project.cache, box)
  if (running !== null) return { login: running.login, already: true }
  const { image, sha256 } = await readPublished(project, box)
  const folder = machineFolder(project.cache, box)
  await down(project, box)
  const kernelBoots = (): Promise<boolean> => kernelBootsUnderKvm(box, image)
  const accelerator = await chooseAccelerator({ cache: project.cache, environment, kernelBoots })
  const machine = await bootMachine({ box, image, folder, accelerator, detached: true, isolated: false, environment })
  try {
    if (machine.facts.firstBoot === 'failed') {
      throw new BoxhoundError('E_FIRST_BOOT', `first boot failed in step ${machine.facts.failedStep ?? '(unknown)'}`, {
        file: join(folder, 'console.log'),
        next: `npm run verify -- ${box}`,
      })
    }
    await writeKnownHosts(knownHostsFile(project.cache, box), machine.login.port, machine.login.hostKey)
    await writeState(folder, { box, login: machine.login, process: machine.process, image: sha256 })
    machine.qmp.close()
    return { login: machine.login, already: false }
  } catch (error) {
    await machine.stop()
    throw error
  }
}

/**
 * Ends the box's machine and removes its disk; asks QEMU first, then by SIGTERM and SIGKILL.
 *
 * @returns false when there was none. A process that merely got the old number is left alone.
 */
export const down = async (project: Project, box: string): Promise<boolean> => {
  const folder = machineFolder(project.cache, box)
  const state = await readState(folder)
  const running = await runningMachine(project.cache, box)
  if (running !== null) {
    await endProcess(running.process, async () => {
      const qmp = await connectQmp(socketPath(folder), 3)
      await qmp.execute('quit')
    })
  }
  await rm(socketPath(folder), { force: true })
  await removeState(folder)
  return state !== null && running !== null
}
