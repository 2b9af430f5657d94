// Named locks that record their holders.

import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryName } from '../_helpers/atomic.ts'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError, isErrno } from '../_helpers/errors.ts'
import { type Holder, holderSchema, holderText, isAlive, isLocal, ownHolder } from '../_helpers/holder.ts'
import { parsedJson } from '../_helpers/json.ts'
import { type Held, holdFile, isHeld } from '../_helpers/kernel-lock.ts'
import type { Project } from '../_helpers/paths.ts'

export interface Lock {
  /** The dead holder that the lock was taken over from, if any. */
  readonly stale: Holder | undefined
  /** A note for the user if the lock was taken over. */
  readonly note: string | undefined
  readonly release: () => Promise<void>
}

/** The holder in a lock file; `damaged` if unreadable, undefined if there is no file. */
const readHolder = async (path: string): Promise<Holder | 'damaged' | undefined> => {
  try {
    const text = await readFile(path, 'utf8')
    const holder = holderSchema.safeParse(parsedJson(text))
    return holder.success ? holder.data : 'damaged'
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/**
 * Creates the lock atomically: a hard link fails if the name is taken, and never exposes half a file. The kernel lock is taken before the name
 * appears, so that processes in other PID namespaces can tell that the holder is alive.
 */
const claim = async (path: string, holder: Holder): Promise<Held | undefined> => {
  const temporary = temporaryName(path)
  await writeFile(temporary, JSON.stringify(holder), { flag: 'wx' })
  const held = await holdFile(temporary)
  try {
    await link(temporary, path)
    return held
  } catch (error) {
    held?.release()
    if (isErrno(error, 'EEXIST')) return undefined
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

const isSame = (a: Holder | 'damaged' | undefined, b: Holder | 'damaged'): boolean =>
  typeof a === 'object' && typeof b === 'object'
    ? a.pid === b.pid && a.started === b.started && a.since === b.since
    : a === b

/**
 * Removes a dead holder's lock. Requires the lock named after that holder: otherwise a taker that read the lock a moment ago could remove
 * the one that a faster taker has created since, and both would believe they hold it.
 */
const breakLock = async (
  name: string,
  path: string,
  dead: Holder | 'damaged',
  verb: string,
  project: Project,
): Promise<void> => {
  const whose = dead === 'damaged' ? dead : `${dead.pid}-${dead.started}`
  const right = await takeLock(`${name}.${whose}`, verb, project).catch((error: unknown) => {
    if (error instanceof BoxhoundError && error.code === 'E_LOCKED') return undefined // another taker is doing it
    throw error
  })
  if (right === undefined) return
  try {
    if (isSame(await readHolder(path), dead)) await rm(path, { force: true })
  } finally {
    await right.release()
  }
}

const lockedBy = (holder: Holder, name: string, verb: string, path: string): BoxhoundError =>
  new BoxhoundError('E_LOCKED', `${verb} must wait: another run holds the lock "${name}"`, {
    expected: 'no other run doing the same work',
    found: holderText(holder),
    next: isLocal(holder)
      ? `wait for it, or end it with: kill ${holder.pid}`
      : `wait for it, or end it where it runs; if it has already ended: rm ${path}`,
  })

const noteOf = (stale: Holder | 'damaged' | undefined, name: string): string | undefined => {
  if (stale === undefined) return undefined
  return stale === 'damaged'
    ? `took over the lock "${name}", which was damaged and not held`
    : `took over the lock "${name}" from process ${stale.pid}, which died`
}

/**
 * Takes a named lock without waiting: `box-lab` while a box is baked, `prune` while layers are removed.
 *
 * @throws BoxhoundError E_LOCKED naming the holder if that is alive (fault 27).
 */
export const takeLock = async (name: string, verb: string, project: Project): Promise<Lock> => {
  const folder = join(project.cache, 'locks')
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${name}.json`)
  const own = ownHolder(verb)
  let stale: Holder | 'damaged' | undefined
  // A lock that is neither free nor held was released in between.
  for (let tries = 0; tries < 50; tries += 1) {
    const held = await claim(path, own)
    if (held !== undefined) {
      const release = async (): Promise<void> => {
        await rm(path, { force: true })
        held.release()
      }
      return { stale: stale === 'damaged' ? undefined : stale, note: noteOf(stale, name), release }
    }
    const holder = await readHolder(path)
    if (holder === undefined) continue
    if (holder === 'damaged' && (await isHeld(path)) !== false) break
    if (holder !== 'damaged' && (await isAlive(holder, path))) throw lockedBy(holder, name, verb, path)
    stale = holder
    await breakLock(name, path, holder, verb, project)
  }
  throw new BoxhoundError('E_LOCK_UNREADABLE', 'unreadable lock', { file: path, next: `rm ${path}` })
}

/** Runs work under a lock, which is released however the work ends. */
export const withLock = <T>(
  name: string,
  verb: string,
  project: Project,
  work: (lock: Lock) => Promise<T>,
): Promise<T> => {
  let taking: Promise<Lock> | undefined
  return withCleanup(
    async () => (await taking?.catch(() => undefined))?.release(),
    async () => {
      taking = takeLock(name, verb, project)
      return work(await taking)
    },
  )
}
