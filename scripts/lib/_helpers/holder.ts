import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** A process that outlives no reboot and no reuse of its number: who holds a lock or a work folder. */
export const holderSchema = z.object({
  pid: z.number().int().positive(),
  /** Clock ticks after boot at which the process started (field 22 of /proc/PID/stat). */
  started: z.string(),
  bootId: z.string(),
  /** What it does, for the message of whoever meets the lock. */
  verb: z.string(),
  since: z.string(),
})
export type Holder = z.infer<typeof holderSchema>

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // no such process, or no /proc
  }
}

/** Start time of a process in ticks; undefined when there is none, or only its zombie is left. */
export const startOf = (pid: number): string | undefined => {
  const stat = read(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  // The command's name may hold anything, brackets too: the fields start after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? undefined : fields[19]
}

const bootId = (): string => read('/proc/sys/kernel/random/boot_id')?.trim() ?? 'unknown'

/** This process as a holder. */
export const ownHolder = (verb: string): Holder => ({
  pid: process.pid,
  started: startOf(process.pid) ?? '0',
  bootId: bootId(),
  verb,
  since: new Date().toISOString(),
})

/** `PID-START` of this process: tells its files from those of every other process of this boot. */
export const ownName = (): string => `${process.pid}-${startOf(process.pid) ?? '0'}`

/** Whether that very process still runs, not another that got its number. */
export const isRunning = (pid: number, started: string): boolean => startOf(pid) === started

/** Whether the holder still runs, in this boot. */
export const isAlive = (holder: Holder): boolean => holder.bootId === bootId() && isRunning(holder.pid, holder.started)
