// Identifies the process that holds a lock, even after its PID is reused.

import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { z } from 'zod'
import { isHeld, isShared } from './kernel-lock.ts'

/** The holder of a lock or work folder; stays unique across reboots and reuse of PIDs. */
export const holderSchema = z.object({
  pid: z.number().int().positive(),
  /** Clock ticks after boot at which the process started (field 22 of /proc/PID/stat). */
  started: z.string(),
  bootId: z.string(),
  /** The PID namespace; missing in older files, which mean this one. */
  namespace: z.string().optional(),
  host: z.string().optional(),
  /** What it does, for the message to others who want the lock. */
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

const namespace = (): string => {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return 'unknown' // no /proc: no such namespaces either
  }
}

/** A name unique to this machine, unlike a host name such as localhost. */
const host = (): string => [hostname(), read('/etc/machine-id')?.trim().slice(0, 8)].filter(Boolean).join('/')

/** This process as a holder. */
export const ownHolder = (verb: string): Holder => ({
  pid: process.pid,
  started: startOf(process.pid) ?? '0',
  bootId: bootId(),
  namespace: namespace(),
  host: host(),
  verb,
  since: new Date().toISOString(),
})

/** Eight digits that identify the scope of this process's PID: this boot of this machine and this PID namespace. */
export const ownPlace = (): string =>
  createHash('sha256').update(`${bootId()} ${namespace()}`).digest('hex').slice(0, 8)

/** `PID-START-PLACE` of this process, unique among all processes; used in file names. */
export const ownName = (): string => `${process.pid}-${startOf(process.pid) ?? '0'}-${ownPlace()}`

/** Whether that process still runs, and not another with the same PID. Only for PIDs of this place. */
export const isRunning = (pid: number, started: string): boolean => startOf(pid) === started

/**
 * Whether a holder still runs. In this PID namespace, /proc knows. In another, its PID means nothing here, so we ask the kernel whether the
 * file is locked. A holder on another host, with which we may share a network file system, counts as alive.
 *
 * @param file that the holder keeps locked with `holdFile` while it lives.
 */
export const isAlive = async (holder: Holder, file: string): Promise<boolean> => {
  if (holder.bootId !== bootId())
    return (holder.host ?? host()) !== host() && ((await isShared(file)) || (await isHeld(file)) === true)
  if ((holder.namespace ?? namespace()) === namespace()) return isRunning(holder.pid, holder.started)
  return (await isHeld(file)) !== false
}

/** `process 12, "bake lab", since …`, and where, if elsewhere. */
export const holderText = ({ pid, verb, since, ...where }: Holder): string => {
  const elsewhere = where.bootId !== bootId() ? ` on ${where.host}` : ' in another PID namespace'
  return `process ${pid}, "${verb}", since ${since}${isLocal(where) ? '' : elsewhere}`
}

/** Whether the holder's PID is valid here, so that `kill` would reach it. */
export const isLocal = (holder: Pick<Holder, 'bootId' | 'namespace'>): boolean =>
  holder.bootId === bootId() && (holder.namespace ?? namespace()) === namespace()
