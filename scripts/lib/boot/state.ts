// What up leaves for ssh and down.

import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomic } from '../_helpers/atomic.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { parsedJson } from '../_helpers/json.ts'
import { isHeld } from '../_helpers/kernel-lock.ts'
import { type Login, type MachineKind, machineKinds } from './machine.ts'
import { isHere, isRunning, type ProcessIdentity, processSchema } from './process.ts'

const loginSchema = z.object({
  host: z.string(),
  port: z.number().int(),
  user: z.string(),
  key: z.string(),
  hostKey: z.string(),
})

const stateSchema = z.object({
  box: z.string(),
  /** Null while it boots: should "up" be killed then, the next one finds the machine and ends it. */
  login: loginSchema.nullable(),
  process: processSchema,
  /** SHA-256 of the image it was started from. */
  image: z.string(),
})

/** What `up` leaves for `ssh` and `down`. */
export type MachineState = Readonly<z.infer<typeof stateSchema>>

/** Folder of the box's machine; one machine of each kind per box. A box's name has no dot. */
export const machineFolder = (cache: string, box: string, kind: MachineKind): string =>
  join(cache, 'machines', kind === 'qemu' ? box : `${box}.${kind}`)

const stateFile = (folder: string): string => join(folder, 'machine.json')

export const writeState = (folder: string, state: MachineState): Promise<void> =>
  writeAtomic(stateFile(folder), `${JSON.stringify(state, null, 2)}\n`, 0o600)

/** Null where no machine was started, or nobody can tell any more which: what is left of it is cleared by the next `up` or `down`. */
export const readState = async (folder: string): Promise<MachineState | null> => {
  const text = await readFile(stateFile(folder), 'utf8').catch(() => '')
  return stateSchema.safeParse(parsedJson(text)).data ?? null
}

/** Held by the machine's own processes, for those who can't tell by a number whether it runs. */
export const machineLock = (folder: string): string => join(folder, 'machine.lock')

/**
 * Refuses to touch a machine of another PID namespace, or of another host with the same store.
 *
 * @throws BoxhoundError E_MACHINE_ELSEWHERE
 */
export const refuseElsewhere = async (folder: string, { box, process }: MachineState): Promise<void> => {
  if (isHere(process) || (await isHeld(machineLock(folder))) === false) return
  throw new BoxhoundError(
    'E_MACHINE_ELSEWHERE',
    `a machine of ${box} runs in another PID namespace or on another host`,
    {
      expected: 'a store of its own for each place that runs machines, or no machine there',
      found: `process ${process.pid} there`,
      next: `end it there: npm run down -- ${box}; should it have ended: rm -r ${folder}`,
    },
  )
}

/** A machine that runs, its boot over. */
export interface Running {
  readonly kind: MachineKind
  readonly login: Login
  readonly process: ProcessIdentity
  /** SHA-256 of the image it was started from. */
  readonly image: string
}

/** This box's machine of one kind, if its very process still runs and its boot is over. */
export const runningMachine = async (cache: string, box: string, kind: MachineKind): Promise<Running | null> => {
  const state = await readState(machineFolder(cache, box, kind))
  if (state?.login == null || !isRunning(state.process)) return null
  const { login, process, image } = state
  return { kind, login, process, image }
}

/** All machines of the box that run, the container first. */
export const runningMachines = async (cache: string, box: string): Promise<Running[]> => {
  const found = await Promise.all(machineKinds.map((kind) => runningMachine(cache, box, kind)))
  return found.filter((machine) => machine !== null)
}

export const removeState = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })
