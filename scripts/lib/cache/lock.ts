// Locks with holders.

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
  /** The holder that died with the lock in its hands, when there was one. */
  readonly stale: Holder | undefined
  /** What is to be told of a lock that was taken over; undefined when there was none. */
  readonly note: string | undefined
  readonly release: () => Promise<void>
}

/** A lock's file: who holds it, `damaged` when that cannot be read, undefined when it is gone. */
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
 * Writes the lock whole or not at all: a link fails when the name is taken, and never shows half a file. The kernel's lock on it is there before
 * its name is, and so tells processes of other PID namespaces that the holder lives.
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
 * Takes a dead holder's lock away. Only who holds the lock named after that holder may: without it, a taker that read the lock a
 * moment ago could take away the one that a quicker taker has made since, and both would believe to hold it.
 */
const breakLock = async (
  project: Project,
  name: string,
  path: string,
  dead: Holder | 'damaged',
  verb: string,
): Promise<void> => {
  const whose = dead === 'damaged' ? dead : `${dead.pid}-${dead.started}`
  const right = await takeLock(project, `${name}.${whose}`, verb).catch((error: unknown) => {
    if (error instanceof BoxhoundError && error.code === 'E_LOCKED') return undefined // another taker is at it
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
  new BoxhoundError('E_LOCKED', `${verb} is not possible now: another run holds the lock "${name}"`, {
    expected: 'no other run at the same work',
    found: holderText(holder),
    next: isLocal(holder)
      ? `wait for it, or end it with: kill ${holder.pid}`
      : `wait for it, or end it where it runs; should it have ended: rm ${path}`,
  })

const noteOf = (stale: Holder | 'damaged' | undefined, name: string): string | undefined => {
  if (stale === undefined) return undefined
  return stale === 'damaged'
    ? `the lock "${name}" was damaged and nobody held it; it is taken over`
    : `process ${stale.pid} died with the lock "${name}"; it is taken over`
}

/**
 * Takes a lock by name, without waiting: `box-lab` while a box is baked, `prune` while layers are removed.
 *
 * @throws BoxhoundError E_LOCKED naming the holder, when a living process has it (fault 27).
 */
export const takeLock = async (project: Project, name: string, verb: string): Promise<Lock> => {
  const folder = join(project.cache, 'locks')
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${name}.json`)
  const own = ownHolder(verb)
  let stale: Holder | 'damaged' | undefined
  // What is neither free nor held was let go in between.
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
    await breakLock(project, name, path, holder, verb)
  }
  throw new BoxhoundError('E_LOCK_UNREADABLE', 'a lock that cannot be read', { file: path, next: `rm ${path}` })
}

/** Does work that one run alone may do at a time; the lock is released however the work ends. */
export const withLock = <T>(
  project: Project,
  name: string,
  verb: string,
  work: (lock: Lock) => Promise<T>,
): Promise<T> => {
  let taking: Promise<Lock> | undefined
  return withCleanup(
    async () => (await taking?.catch(() => undefined))?.release(),
    async () => {
      taking = takeLock(project, name, verb)
      return work(await taking)
    },
  )
}
