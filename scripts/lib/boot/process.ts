// Ends a process safely, despite reuse of PIDs.

import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { ownPlace, startOf } from '../_helpers/holder.ts'

/** A process that can be told from a later one with the same number. */
export const processSchema = z.object({
  pid: z.number().int(),
  /** Field 22 of /proc/PID/stat; null where there is no /proc. */
  started: z.string().nullable(),
  /** Where the number counts (`ownPlace`); files of an older boxhound lack it and mean here. */
  place: z.string().optional(),
})
export type ProcessIdentity = Readonly<z.infer<typeof processSchema>>

export const identify = (pid: number): ProcessIdentity => ({ pid, started: startOf(pid) ?? null, place: ownPlace() })

/** Whether its number is one of this PID namespace; of another it says nothing here. */
export const isHere = ({ place }: ProcessIdentity): boolean => place === undefined || place === ownPlace()

const answersSignals = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** True only for the very process: a reused number is not it. */
export const isRunning = (process: ProcessIdentity): boolean => {
  const { pid, started } = process
  if (!existsSync('/proc/self/stat')) return answersSignals(pid)
  return isHere(process) && started !== null && startOf(pid) === started
}

/** Waits until the process is gone; false when it is still there after `seconds`. */
export const waitForExit = async (identity: ProcessIdentity, seconds: number): Promise<boolean> => {
  const end = Date.now() + seconds * 1000
  while (isRunning(identity)) {
    if (Date.now() > end) return false
    await sleep(20)
  }
  return true
}

/** Processor time that a process has used so far, in ticks; undefined once it is gone, and where there is no /proc. */
export const processorTime = (identity: ProcessIdentity): number | undefined => {
  if (!isRunning(identity)) return undefined
  try {
    const fields = readFileSync(`/proc/${identity.pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return Number(fields[11]) + Number(fields[12])
  } catch {
    return undefined
  }
}

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch {
    // gone in the meantime, which is what was wanted
  }
}

/** Ends the process: `ask` first if given, then SIGTERM, then SIGKILL after a grace period (fault 28). */
export const endProcess = async (identity: ProcessIdentity, ask?: () => Promise<unknown>, grace = 3): Promise<void> => {
  if (!isRunning(identity)) return
  if (ask !== undefined) {
    await ask().catch(() => undefined)
    if (await waitForExit(identity, grace)) return
  }
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isRunning(identity)) return
    signal(identity.pid, name)
    if (await waitForExit(identity, grace)) return
  }
}
