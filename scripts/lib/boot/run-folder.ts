import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../_helpers/atomic.ts'
import { cgroupOf, removeCgroups } from './cgroups.ts'
import { endProcess, identify, isRunning, type ProcessIdentity } from './process.ts'
import { socketPath } from './socket.ts'

interface Owner {
  /** Who runs the machine. */
  readonly owner: ProcessIdentity
  /** The machine itself, once it runs. */
  readonly machine: ProcessIdentity | null
}

export interface RunFolder {
  readonly path: string
  /** Notes the machine, so that the next run can end it if this one is killed. */
  readonly note: (machine: ProcessIdentity) => Promise<void>
  readonly remove: () => Promise<void>
}

const prefix = '.run-'

const writeOwner = (folder: string, owner: Owner): Promise<void> =>
  writeAtomic(join(folder, 'owner.json'), JSON.stringify(owner))

const readOwner = async (folder: string): Promise<Owner | null> => {
  const text = await readFile(join(folder, 'owner.json'), 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as Owner)
}

/** What machines in this folder, or in folders of it, have outside of it. */
export const discardOutside = async (folder: string): Promise<void> => {
  await removeCgroups(cgroupOf(folder), 0)
  await rm(socketPath(folder), { force: true })
}

const discard = async (folder: string): Promise<void> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const inner = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name))
  for (const path of [folder, ...inner]) await discardOutside(path)
  await rm(folder, { recursive: true, force: true })
}

/** A 0700 folder for disposable machines, marked with this process as its owner. */
export const createRunFolder = async (cache: string): Promise<RunFolder> => {
  const machines = join(cache, 'machines')
  await mkdir(machines, { recursive: true, mode: 0o700 })
  const owner = identify(process.pid)
  const path = await mkdtemp(join(machines, `${prefix}${process.pid}-`))
  await writeOwner(path, { owner, machine: null })
  return {
    path,
    note: (machine) => writeOwner(path, { owner, machine }),
    remove: () => discard(path),
  }
}

/**
 * Clears what runs left behind that were killed (fault 26), and nothing of runs that still live.
 *
 * @returns the folders that were cleared, to be told to the user.
 */
export const clearLeftovers = async (cache: string): Promise<string[]> => {
  const machines = join(cache, 'machines')
  const names = (await readdir(machines).catch(() => [])).filter((name) => name.startsWith(prefix))
  const cleared: string[] = []
  for (const folder of names.map((name) => join(machines, name))) {
    const owner = await readOwner(folder)
    // A folder without an owner is being made at this moment, or its maker died in that very moment: its name tells.
    const pid = Number(folder.slice(folder.lastIndexOf(prefix) + prefix.length).split('-')[0])
    if (isRunning(owner?.owner ?? identify(pid))) continue
    if (owner?.machine) await endProcess(owner.machine)
    await discard(folder)
    cleared.push(folder)
  }
  return cleared
}
