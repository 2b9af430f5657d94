// Private folders of machines.

import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomic } from '../_helpers/atomic.ts'
import { parsedJson } from '../_helpers/json.ts'
import { holdFile, isHeld } from '../_helpers/kernel-lock.ts'
import { cgroupOf, removeCgroups } from './cgroups.ts'
import { endProcess, identify, isHere, isRunning, type ProcessIdentity, processSchema } from './process.ts'
import { socketRemains } from './socket.ts'

const ownerSchema = z.object({
  /** The process that runs the machine. */
  owner: processSchema,
  /** The machine itself, once it runs. */
  machine: processSchema.nullable(),
})
type Owner = z.infer<typeof ownerSchema>

export interface RunFolder {
  readonly path: string
  /** Records the machine, so that the next run can stop it if this one is killed. */
  readonly note: (machine: ProcessIdentity) => Promise<void>
  readonly remove: () => Promise<void>
}

const prefix = '.run-'

/** Locked by the owner while it lives, for processes that can't check its PID. */
const lockOf = (folder: string): string => join(folder, 'owner.lock')

const writeOwner = (folder: string, owner: Owner): Promise<void> =>
  writeAtomic(join(folder, 'owner.json'), JSON.stringify(owner))

/**
 * Null if the file doesn't exist yet or was damaged by a full disk or a power failure; then the folder's name has to
 * do.
 */
const readOwner = async (folder: string): Promise<Owner | null> => {
  const text = await readFile(join(folder, 'owner.json'), 'utf8').catch(() => '')
  return ownerSchema.safeParse(parsedJson(text)).data ?? null
}

/** Removes what machines in this folder or its subfolders have outside of it. */
export const discardOutside = async (folder: string): Promise<void> => {
  await removeCgroups(cgroupOf(folder), 0)
  await rm(socketRemains(folder), { recursive: true, force: true })
}

const discard = async (folder: string): Promise<void> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const inner = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name))
  for (const path of [folder, ...inner]) await discardOutside(path)
  await rm(folder, { recursive: true, force: true })
}

/** Creates a 0700 folder for disposable machines, owned by this process. */
export const createRunFolder = async (cache: string): Promise<RunFolder> => {
  const machines = join(cache, 'machines')
  await mkdir(machines, { recursive: true, mode: 0o700 })
  const owner = identify(process.pid)
  const path = await mkdtemp(join(machines, `${prefix}${process.pid}-`))
  await writeFile(lockOf(path), '', { mode: 0o600 })
  const held = await holdFile(lockOf(path))
  await writeOwner(path, { owner, machine: null })
  return {
    path,
    note: (machine) => writeOwner(path, { owner, machine }),
    remove: async () => {
      await discard(path)
      held?.release()
    },
  }
}

const hour = 3_600_000

/**
 * Whether a folder's owner is alive. Without a readable owner.json, it is being created right now, or its creator died
 * at that moment.
 */
const isOwned = async (folder: string, owner: Owner | null): Promise<boolean> => {
  if (owner !== null && isHere(owner.owner)) return isRunning(owner.owner)
  const held = await isHeld(lockOf(folder))
  if (owner !== null) return held !== false
  if (held !== undefined) return held
  const pid = Number(folder.slice(folder.lastIndexOf(prefix) + prefix.length).split('-')[0])
  const age = await stat(folder).then(
    ({ mtimeMs }) => Math.abs(Date.now() - mtimeMs),
    () => 0,
  )
  return isRunning(identify(pid)) && age < hour
}

/**
 * Removes the leftovers of killed runs (fault 26), and nothing of live ones.
 *
 * @returns the removed folders, to report them to the user.
 */
export const clearLeftovers = async (cache: string): Promise<string[]> => {
  const machines = join(cache, 'machines')
  const names = (await readdir(machines).catch(() => [])).filter((name) => name.startsWith(prefix))
  const cleared: string[] = []
  for (const folder of names.map((name) => join(machines, name))) {
    const owner = await readOwner(folder)
    if (await isOwned(folder, owner)) continue
    if (owner?.machine) await endProcess(owner.machine)
    await discard(folder)
    cleared.push(folder)
  }
  return cleared
}
