import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryName } from '../_helpers/atomic.ts'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { type Holder, holderSchema, isAlive, ownHolder } from '../_helpers/holder.ts'
import type { Project } from '../_helpers/paths.ts'

export interface Lock {
  /** The holder that died with the lock in its hands, when there was one. */
  readonly stale: Holder | undefined
  readonly release: () => Promise<void>
}

const readHolder = async (path: string): Promise<Holder | undefined> => {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined // gone in the meantime
  }
}

/** Writes the lock whole or not at all: a link fails when the name is taken, and never shows half a file. */
const claim = async (path: string, holder: Holder): Promise<boolean> => {
  const temporary = temporaryName(path)
  await writeFile(temporary, JSON.stringify(holder), { flag: 'wx' })
  try {
    await link(temporary, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

const isSame = (a: Holder | undefined, b: Holder): boolean => a?.pid === b.pid && a.started === b.started

/**
 * Takes a dead holder's lock away. Only who holds the lock named after that holder may: without it, a taker that read the lock a
 * moment ago could take away the one that a quicker taker has made since, and both would believe to hold it.
 */
const breakLock = async (project: Project, name: string, path: string, dead: Holder, verb: string): Promise<void> => {
  const right = await takeLock(project, `${name}.${dead.pid}-${dead.started}`, verb).catch((error: unknown) => {
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
  let stale: Holder | undefined
  // What is neither free nor held was let go in between, many times in a row only when it can't be read.
  for (let unreadable = 0; unreadable < 50; ) {
    if (await claim(path, own)) return { stale, release: () => rm(path, { force: true }) }
    const holder = await readHolder(path)
    if (holder === undefined) unreadable += 1
    else if (isAlive(holder)) {
      throw new BoxhoundError('E_LOCKED', `${verb} is not possible now: another run holds the lock "${name}"`, {
        expected: 'no other run at the same work',
        found: `process ${holder.pid}, "${holder.verb}", since ${holder.since}`,
        next: `wait for it, or end it with: kill ${holder.pid}`,
      })
    } else {
      stale = holder
      await breakLock(project, name, path, holder, verb)
    }
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
