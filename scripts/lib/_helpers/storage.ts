// Turns storage errors of the system into BoxhoundErrors.

import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { BoxhoundError, isErrno } from './errors.ts'

/** The system's errors about unusable paths, in words, with the remedy. */
const reasons: Readonly<Record<string, readonly [found: string, next: string]>> = {
  EACCES: ['permission denied', 'use another folder, or change its owner or mode'],
  EPERM: ['operation not permitted', 'use another folder, or change its owner or mode'],
  EROFS: ['its file system is read-only', 'use another folder, or mount it writable'],
  ENOSPC: ['its file system is full', 'free some space: npm run cache -- prune removes unused layers'],
  EDQUOT: ['the disk quota is exceeded', 'free some space: npm run cache -- prune removes unused layers'],
  ENOTDIR: ['part of the path is a file', 'use another folder, or remove that file'],
  EEXIST: ['a file is in the place of a folder', 'use another folder, or remove that file'],
  EISDIR: ['a folder is in the place of a file', 'use another name, or remove that folder'],
  ENAMETOOLONG: ['its name is too long', 'use a shorter one'],
  ELOOP: ['a loop of symbolic links', 'fix the links'],
}

/** On a read-only file system, Node's recursive mkdir reports ENOENT for the folder that it should create. */
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
 * Turns the system's error about an unusable path into a BoxhoundError: one message without a stack, exit code 3. Output and store may be
 * anywhere and are written from many places, so this runs once, where errors are printed (scripts/_main.ts).
 *
 * @returns any other error as it is.
 */
export const storageError = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  const { code: told = '', path, syscall } = error as NodeJS.ErrnoException
  const code = told === 'ENOENT' && syscall === 'mkdir' && isReadOnly(path ?? '/') ? 'EROFS' : told
  if (reasons[code] === undefined) return error
  const [found = '', next = ''] = reasons[code] ?? []
  return new BoxhoundError('E_STORAGE', 'cannot write to or read from a path on this machine', {
    ...(path === undefined ? {} : { file: path }),
    expected: 'a writable output folder (BOXHOUND_OUT, --out) and store (BOXHOUND_CACHE)',
    found: `${found} (${code})`,
    next,
    exitCode: 3,
    cause: error,
  })
}
