// File locks that the kernel releases when the process ends.

import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { startChild } from './child.ts'

/** A lock on a file, held until it is released or the process ends. */
export interface Held {
  /** Pass it to a child as a descriptor to let it share the lock. */
  readonly descriptor: number
  readonly release: () => void
}

/** flock(1)'s exit status for a held lock; anything else but 0 is an error. */
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
 * Takes the kernel's lock on a file. The lock belongs to the open file description, not to a process: flock(1) locks the descriptor that it
 * inherits, and this process keeps that open. Node has no such call.
 *
 * @returns undefined when another process holds it. Without flock(1), the descriptor without a lock.
 */
export const holdFile = async (path: string): Promise<Held | undefined> => {
  // A number, not a FileHandle, which would be closed when garbage-collected.
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

/** Whether any process of this kernel holds a file; undefined if unknown because flock(1) or the file is missing. */
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

/** NFS, SMB, CIFS, FUSE (virtiofs among them), 9p, Ceph, Lustre, GFS2, OCFS2: file systems that several kernels can mount at once (statfs(2)). */
const shared = new Set([
  0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x65735546, 0x01021997, 0x00c36400, 0x0bd00bd0, 0x01161970, 0x7461636f,
])

/** Whether another host may have mounted this file's file system: then this kernel does not know all locks. */
export const isShared = (path: string): Promise<boolean> =>
  statfs(path).then(
    ({ type }) => shared.has(type),
    () => true,
  )
