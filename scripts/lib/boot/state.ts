// What `up` records for `ssh` and `down`.

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
  /** Null during the boot: if `up` is killed then, the next one finds the machine and stops it. */
  login: loginSchema.nullable(),
  process: processSchema,
  /** SHA-256 of the image it was started from. */
  image: z.string(),
})

/** What `up` records for `ssh` and `down`. */
export type MachineState = Readonly<z.infer<typeof stateSchema>>

/** Folder of the box's machine; one machine of each kind per box. Box names contain no dot. */
export const machineFolder = (cache: string, box: string, kind: MachineKind): string =>
  join(cache, 'machines', kind === 'qemu' ? box : `${box}.${kind}`)

const stateFile = (folder: string): string => join(folder, 'machine.json')

export const writeState = (folder: string, state: MachineState): Promise<void> =>
  writeAtomic(stateFile(folder), `${JSON.stringify(state, null, 2)}\n`, 0o600)

/** Null if no machine was started or the record is unreadable; the next `up` or `down` cleans up what is left. */
export const readState = async (folder: string): Promise<MachineState | null> => {
  const text = await readFile(stateFile(folder), 'utf8').catch(() => '')
  return stateSchema.safeParse(parsedJson(text)).data ?? null
}

/** Locked by the machine's own processes, for processes that can't check a PID. */
export const machineLock = (folder: string): string => join(folder, 'machine.lock')

/**
 * Refuses to touch a machine in another PID namespace, or on another host that shares the store.
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

/** A running machine that has finished its boot. */
export interface Running {
  readonly kind: MachineKind
  readonly login: Login
  readonly process: ProcessIdentity
  /** SHA-256 of the image it was started from. */
  readonly image: string
}

/** This box's machine of one kind, if its exact process still runs and its boot is finished. */
export const runningMachine = async (cache: string, box: string, kind: MachineKind): Promise<Running | null> => {
  const state = await readState(machineFolder(cache, box, kind))
  if (state?.login == null || !isRunning(state.process)) return null
  const { login, process, image } = state
  return { kind, login, process, image }
}

/** All running machines of the box, the container first. */
export const runningMachines = async (cache: string, box: string): Promise<Running[]> => {
  const found = await Promise.all(machineKinds.map((kind) => runningMachine(cache, box, kind)))
  return found.filter((machine) => machine !== null)
}

export const removeState = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })
