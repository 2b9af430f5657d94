// Files that a process holds until it ends.

import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { startChild } from './child.ts'

/** What a process holds of a file until it lets go or ends, however that happens. */
export interface Held {
  /** To be handed to a child that shall hold it too: as one of its descriptors. */
  readonly descriptor: number
  readonly release: () => void
}

/** flock(1)'s exit status for "somebody else holds it"; anything else but 0 is no answer. */
const taken = 99

const flock = async (
  descriptor: number,
  kind: '--exclusive' | '--shared',
  wait: '--nonblock' | '--timeout=600' = '--nonblock',
): Promise<number | undefined> => {
  const child = startChild('flock', [kind, wait, '--conflict-exit-code', String(taken), '3'], {
    stdio: ['ignore', 'ignore', 'ignore', descriptor],
  })
  try {
    const [code] = await once(child, 'close')
    return code === 0 || code === taken ? code : undefined
  } catch {
    return undefined // no flock(1) here
  }
}

/**
 * Takes the kernel's lock on a file. It belongs to the open file, not to a process: flock(1) takes it for the descriptor that it inherits, and
 * this process keeps that open. Node has no such call.
 *
 * @returns undefined when another process has it. Where there is no flock(1), the descriptor without a lock.
 */
export const holdFile = async (path: string): Promise<Held | undefined> => {
  // A number, not a FileHandle: that would be closed once nobody refers to it.
  const descriptor = openSync(path, 'r+')
  if ((await flock(descriptor, '--exclusive')) === taken) {
    closeSync(descriptor)
    return undefined
  }
  let open = true
  const release = (): void => {
    if (open) closeSync(descriptor)
    open = false
  }
  return { descriptor, release }
}

/** Waits while a process of this kernel holds a file; ten minutes at most. */
export const awaitFree = async (path: string): Promise<void> => {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch {
    return // never held
  }
  try {
    await flock(descriptor, '--shared', '--timeout=600')
  } finally {
    closeSync(descriptor)
  }
}

/** Whether any process of this kernel holds a file; undefined where nobody can tell, since flock(1) or the file is missing. */
export const isHeld = async (path: string): Promise<boolean | undefined> => {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch {
    return undefined
  }
  try {
    const code = await flock(descriptor, '--shared')
    return code === undefined ? undefined : code === taken
  } finally {
    closeSync(descriptor)
  }
}

/** NFS, SMB, CIFS, FUSE (virtiofs among them), 9p, Ceph, Lustre, GFS2, OCFS2: what several kernels may have mounted at a time (statfs(2)). */
const shared = new Set([
  0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x65735546, 0x01021997, 0x00c36400, 0x0bd00bd0, 0x01161970, 0x7461636f,
])

/** Whether another host may be using this file's file system right now: then this kernel does not know of all locks. */
export const isShared = (path: string): Promise<boolean> =>
  statfs(path).then(
    ({ type }) => shared.has(type),
    () => true,
  )
