import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../_helpers/atomic.ts'
import type { Login } from './machine.ts'
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

/** Folder of the box's machine; one machine per box. */
export const machineFolder = (cache: string, box: string): string => join(cache, 'machines', box)

const stateFile = (folder: string): string => join(folder, 'machine.json')

export const writeState = (folder: string, state: MachineState): Promise<void> =>
  writeAtomic(stateFile(folder), `${JSON.stringify(state, null, 2)}\n`, 0o600)

export const readState = async (folder: string): Promise<MachineState | null> => {
  const text = await readFile(stateFile(folder), 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as MachineState)
}

/** How to reach this box's machine, if its very process still runs and its boot is over. */
export const runningMachine = async (cache: string, box: string): Promise<Login | null> => {
  const state = await readState(machineFolder(cache, box))
  return state !== null && isRunning(state.process) ? state.login : null
}

export const removeState = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })
