import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../_helpers/atomic.ts'
import { type Login, type MachineKind, machineKinds } from './machine.ts'
import { isRunning, type ProcessIdentity } from './process.ts'

/** What `up` leaves for `ssh` and `down`. */
export interface MachineState {
  readonly box: string
  /** Null while it boots: should "up" be killed then, the next one finds the machine and ends it. */
  readonly login: Login | null
  readonly process: ProcessIdentity
  /** SHA-256 of the image it was started from. */
  readonly image: string
}

/** Folder of the box's machine; one machine of each kind per box. A box's name has no dot. */
export const machineFolder = (cache: string, box: string, kind: MachineKind): string =>
  join(cache, 'machines', kind === 'qemu' ? box : `${box}.${kind}`)

const stateFile = (folder: string): string => join(folder, 'machine.json')

export const writeState = (folder: string, state: MachineState): Promise<void> =>
  writeAtomic(stateFile(folder), `${JSON.stringify(state, null, 2)}\n`, 0o600)

export const readState = async (folder: string): Promise<MachineState | null> => {
  const text = await readFile(stateFile(folder), 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as MachineState)
}

/** A machine that runs, its boot over. */
export interface Running {
  readonly kind: MachineKind
  readonly login: Login
  /** SHA-256 of the image it was started from. */
  readonly image: string
}

/** This box's machine of one kind, if its very process still runs and its boot is over. */
export const runningMachine = async (cache: string, box: string, kind: MachineKind): Promise<Running | null> => {
  const state = await readState(machineFolder(cache, box, kind))
  return state?.login != null && isRunning(state.process) ? { kind, login: state.login, image: state.image } : null
}

/** All machines of the box that run, the container first. */
export const runningMachines = async (cache: string, box: string): Promise<Running[]> => {
  const found = await Promise.all(machineKinds.map((kind) => runningMachine(cache, box, kind)))
  return found.filter((machine) => machine !== null)
}

export const removeState = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })
