// Places that cannot be written, as errors.

import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { BoxhoundError, isErrno } from './errors.ts'

/** What the operating system says of a place where nothing can be written, in words, and what helps. */
const reasons: Readonly<Record<string, readonly [found: string, next: string]>> = {
  EACCES: ['it may not be written or read by this user', 'take another folder, or change its owner or mode'],
  EPERM: ['it may not be changed by this user', 'take another folder, or change its owner or mode'],
  EROFS: ['its file system is read-only', 'take another folder, or mount it writable'],
  ENOSPC: ['its file system is full', 'make room: npm run cache -- prune removes what nothing needs'],
  EDQUOT: ['the quota is used up', 'make room: npm run cache -- prune removes what nothing needs'],
  ENOTDIR: ['a part of it is a file', 'take another folder, or remove that file'],
  EEXIST: ['a file is in the place of a folder', 'take another folder, or remove that file'],
  EISDIR: ['a folder is in the place of a file', 'take another name, or remove that folder'],
  ENAMETOOLONG: ['its name is too long', 'take a shorter one'],
  ELOOP: ['its links lead in a circle', 'mend the links'],
}

/** Node's recursive mkdir says of a folder on a read-only file system that it is not there, which is why it was to be made. */
const isReadOnly = (path: string): boolean => {
  if (!existsSync(path)) return isReadOnly(dirname(path))
  try {
    accessSync(path, constants.W_OK)
    return false
  } catch (error) {
    return isErrno(error, 'EROFS')
  }
}

/**
 * The error of a place that cannot be used, in the form of all others: one message without a stack, exit code 3. Output and store may be
 * anywhere, and are written in many places; this is asked once, where errors are told (scripts/_main.ts).
 *
 * @returns any other error as it is.
 */
export const storageError = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  const { code: told = '', path, syscall } = error as NodeJS.ErrnoException
  const code = told === 'ENOENT' && syscall === 'mkdir' && isReadOnly(path ?? '/') ? 'EROFS' : told
  if (reasons[code] === undefined) return error
  const [found = '', next = ''] = reasons[code] ?? []
  return new BoxhoundError('E_STORAGE', 'a place on this machine cannot be used', {
    ...(path === undefined ? {} : { file: path }),
    expected: 'output folder (BOXHOUND_OUT, --out) and store (BOXHOUND_CACHE) that can be written',
    found: `${found} (${code})`,
    next,
    exitCode: 3,
    cause: error,
  })
}
