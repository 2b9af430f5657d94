// Work folders, and leftovers of killed runs.

import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { clearTemporary, temporaryName } from '../_helpers/atomic.ts'
import { outcomeOf } from '../_helpers/child.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { type Holder, holderSchema, isAlive, isRunning, ownHolder, ownName, ownPlace } from '../_helpers/holder.ts'
import { awaitFree, type Held, holdFile } from '../_helpers/kernel-lock.ts'
import type { Project } from '../_helpers/paths.ts'
import { type UnusableLayer, unboundLayers } from './binding.ts'
import { dropLayer, inspectRecord, layersFolder, listRecords } from './store.ts'

/** A run's folder for temporary data: `cache/work/RUN/`. */
export interface WorkFolder {
  /** Also part of the names of unfinished overlays: `.tmp-RUN-ID.qcow2`. */
  readonly run: string
  readonly path: string
}

let made = 0

/** Locks held by this process, by work folder. */
const holding = new Map<string, Held>()

/** The file that `cache prune` keeps locked while it removes things. */
export const pruneGate = ({ cache }: Pick<Project, 'cache'>): string => join(cache, 'locks', 'prune-gate')

export const workRoot = (project: Project): string => join(project.cache, 'work')

/**
 * Makes a work folder that records its holder, so that the next run can tell whether that is still alive.
 *
 * @param ids layers that the run builds or builds on: they are not dropped or pruned while it lives.
 */
export const makeWorkFolder = async (verb: string, ids: readonly string[], project: Project): Promise<WorkFolder> => {
  const holder = ownHolder(verb)
  // A process may bake several boxes at once.
  made += 1
  const run = `${ownName()}-${made}`
  const path = join(workRoot(project), run)
  await mkdir(path, { recursive: true, mode: 0o700 })
  await writeFile(join(path, 'ids.json'), JSON.stringify(ids))
  const file = join(path, 'holder.json')
  const temporary = temporaryName(file)
  await writeFile(temporary, JSON.stringify(holder))
  const held = await holdFile(temporary)
  await rename(temporary, file)
  if (held !== undefined) holding.set(path, held)
  // A running prune doesn't know of this run; the next one will.
  await awaitFree(pruneGate(project))
  return { run, path }
}

const loopsBelow = async (folder: string): Promise<string[]> => {
  const names = (await readdir('/sys/block').catch(() => [])).filter((name) => name.startsWith('loop'))
  const backing = await Promise.all(
    names.map((name) => readFile(`/sys/block/${name}/loop/backing_file`, 'utf8').catch(() => '')),
  )
  return names.filter((_, index) => backing[index]?.startsWith(`${folder}/`))
}

/**
 * Waits until the kernel has released a dead run's loop devices: mounts end with their namespace, a moment after its last process.
 *
 * @throws BoxhoundError E_LOOP_STAYS after 10 s, naming the devices.
 */
export const awaitLoopsGone = async (folder: string): Promise<void> => {
  for (let tries = 0; tries < 500; tries++) {
    const left = await loopsBelow(folder)
    if (left.length === 0) return
    if (tries === 499)
      throw new BoxhoundError('E_LOOP_STAYS', `loop devices of a finished run are still busy: ${left.join(', ')}`, {
        expected: 'no loop device backed by a file in that folder',
        file: folder,
        next: `find the process that uses them: fuser -vm ${left.map((name) => `/dev/${name}`).join(' ')}`,
      })
    await delay(20)
  }
}

const idsOf = async (path: string): Promise<string[]> => {
  try {
    const ids: unknown = JSON.parse(await readFile(join(path, 'ids.json'), 'utf8'))
    return Array.isArray(ids) ? ids.map(String) : []
  } catch {
    return [] // it ended in the meantime
  }
}

/** Removes layer locks that a killed step left, except those held by another run. Uses flock(1), since Node has no such call. */
const dropLayerLocks = async (ids: readonly string[], project: Project): Promise<void> => {
  for (const id of ids) {
    const file = join(project.cache, 'locks', `layer-${id}`)
    if (!existsSync(file)) continue
    await outcomeOf('flock', ['--nonblock', file, 'rm', '--force', '--', file]).catch(() => {})
  }
}

/** Removes a run's folder, its unfinished overlays and its locks. Its processes must have ended. */
export const clearRun = async ({ run, path }: WorkFolder, project: Project): Promise<void> => {
  await awaitLoopsGone(path)
  await dropLayerLocks(await idsOf(path), project)
  const names = await readdir(layersFolder(project)).catch(() => [])
  for (const name of names)
    if (name.startsWith(`.tmp-${run}-`)) await rm(join(layersFolder(project), name), { recursive: true, force: true })
  await rm(path, { recursive: true, force: true })
  holding.get(path)?.release()
  holding.delete(path)
}

const holderOf = async (path: string): Promise<Holder | undefined> => {
  try {
    return holderSchema.parse(JSON.parse(await readFile(join(path, 'holder.json'), 'utf8')))
  } catch {
    return undefined // killed before it was written
  }
}

/** How long a folder may lack a holder file, which is written just after the folder. */
const hour = 3_600_000

/** Whether a folder's run is alive; without a readable holder, judged by the folder's name or, in another PID namespace, its age. */
const isLiving = async (path: string, run: string, holder: Holder | undefined): Promise<boolean> => {
  if (holder !== undefined) return isAlive(holder, join(path, 'holder.json'))
  const [pid, started = '', place = ''] = run.split('-')
  if (!/^[0-9a-f]{8}$/.test(place) || place === ownPlace()) return isRunning(Number(pid), started)
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && Math.abs(Date.now() - found.mtimeMs) < hour
}

/**
 * Removes what dead runs left in the store (fault 26).
 *
 * @returns a line for the user per removed run.
 */
export const clearDeadRuns = async (project: Project): Promise<string[]> => {
  const cleared: string[] = []
  for (const folder of ['layers', 'locks', 'refresh', 'stamps']) await clearTemporary(join(project.cache, folder))
  for (const run of await readdir(workRoot(project)).catch(() => [])) {
    const path = join(workRoot(project), run)
    const holder = await holderOf(path)
    if (await isLiving(path, run, holder)) continue
    await clearRun({ run, path }, project)
    cleared.push(
      `removed leftovers of process ${holder?.pid ?? run.split('-')[0]} (${holder?.verb ?? 'unknown'}, since ${holder?.since ?? 'unknown'}), which was killed`,
    )
  }
  return cleared
}

/** Number of runs with a work folder; only live ones once the dead are removed. */
export const countRuns = async (project: Project): Promise<number> =>
  (await readdir(workRoot(project)).catch(() => [])).length

/** Ids in use by live runs. */
export const idsInUse = async (project: Project): Promise<Set<string>> => {
  const used = new Set<string>()
  for (const run of await readdir(workRoot(project)).catch(() => []))
    for (const id of await idsOf(join(workRoot(project), run))) used.add(id)
  return used
}

/** Overlays without a record, because their run was killed before writing it, and unusable records. */
const unrecordedLayers = async (project: Project): Promise<UnusableLayer[]> => {
  const names = await readdir(layersFolder(project)).catch(() => [])
  const used = await idsInUse(project)
  const ids = new Set(names.flatMap((name) => /^([0-9a-f]{64})\.(?:qcow2|json)$/.exec(name)?.[1] ?? []))
  const unrecorded: UnusableLayer[] = []
  for (const id of ids) {
    const found = used.has(id) ? undefined : await inspectRecord(id, project)
    if (used.has(id) || typeof found === 'object') continue
    unrecorded.push({ id, name: undefined, fault: found ?? 'never recorded' })
  }
  return unrecorded
}

/**
 * Files that must not be used as layers, whatever their names: without a usable record, or recorded on another backing file. Skips layers in
 * use by a live run.
 */
export const unusableLayers = async (project: Project): Promise<UnusableLayer[]> => {
  const used = await idsInUse(project)
  const unbound = unboundLayers(await listRecords(project)).filter(({ id }) => !used.has(id))
  return [...(await unrecordedLayers(project)), ...unbound]
}

/** Drops them. */
export const dropUnusable = async (project: Project): Promise<UnusableLayer[]> => {
  const unusable = await unusableLayers(project)
  for (const { id } of unusable) await dropLayer(id, project)
  return unusable
}
