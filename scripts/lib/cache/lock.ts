import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryName } from '../_helpers/atomic.ts'
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

/** Takes a dead holder's lock away, unless another run has been quicker: what was moved is looked at once more. */
const breakLock = async (path: string, dead: Holder): Promise<void> => {
  const aside = temporaryName(path)
  try {
    await rename(path, aside)
  } catch {
    return // gone already
  }
  const moved = await readHolder(aside)
  if (moved !== undefined && (moved.pid !== dead.pid || moved.started !== dead.started))
    await link(aside, path).catch(() => {})
  await rm(aside, { force: true })
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
  for (;;) {
    if (await claim(path, own)) return { stale, release: () => rm(path, { force: true }) }
    const holder = await readHolder(path)
    if (holder === undefined) {
      // Neither claimed nor readable: gone in between, or not one of ours.
      if (await claim(path, own)) return { stale, release: () => rm(path, { force: true }) }
      const again = await readHolder(path)
      if (again === undefined)
        throw new BoxhoundError('E_LOCK_UNREADABLE', 'a lock that cannot be read', { file: path, next: `rm ${path}` })
    } else if (isAlive(holder)) {
      throw new BoxhoundError('E_LOCKED', `${verb} is not possible now: another run holds the lock "${name}"`, {
        expected: 'no other run at the same work',
        found: `process ${holder.pid}, "${holder.verb}", since ${holder.since}`,
        next: `wait for it, or end it with: kill ${holder.pid}`,
      })
    } else {
      stale = holder
      await breakLock(path, holder)
    }
  }
}
