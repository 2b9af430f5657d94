// Ends a process safely, despite reuse of PIDs.

import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { ownPlace, startOf } from '../_helpers/holder.ts'

/** Identifies a process, so that it can't be confused with a later one that has the same PID. */
export const processSchema = z.object({
  pid: z.number().int(),
  /** Field 22 of /proc/PID/stat; null without /proc. */
  started: z.string().nullable(),
  /**
   * The PID namespace that the number belongs to (`ownPlace`). Files of older versions lack it, which means this one.
   */
  place: z.string().optional(),
})
export type ProcessIdentity = Readonly<z.infer<typeof processSchema>>

export const identify = (pid: number): ProcessIdentity => ({ pid, started: startOf(pid) ?? null, place: ownPlace() })

/** Whether its PID is valid in this namespace; a PID from another namespace means nothing here. */
export const isHere = ({ place }: ProcessIdentity): boolean => place === undefined || place === ownPlace()

const answersSignals = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** True only for this exact process, not for one that reuses its PID. */
export const isRunning = (process: ProcessIdentity): boolean => {
  const { pid, started } = process
  if (!existsSync('/proc/self/stat')) return answersSignals(pid)
  return isHere(process) && started !== null && startOf(pid) === started
}

/** Waits until the process is gone; false if it is still there after `seconds`. */
export const waitForExit = async (identity: ProcessIdentity, seconds: number): Promise<boolean> => {
  const end = Date.now() + seconds * 1000
  while (isRunning(identity)) {
    if (Date.now() > end) return false
    await sleep(20)
  }
  return true
}

/** Processor time that a process has used so far, in ticks; undefined if it is gone or there is no /proc. */
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
    // already gone, which is the goal
  }
}

/** Stops the process: with `ask` first if given, then SIGTERM, then SIGKILL after a grace period (fault 28). */
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
