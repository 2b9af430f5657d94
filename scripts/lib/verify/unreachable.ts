// The error for a machine that became unreachable.

import { BoxhoundError } from '../_helpers/errors.ts'

/** The error code for a lost machine. It says nothing about the machine itself. */
const code = 'E_UNREACHABLE'

/** @param why why the connection ended, and why there is no other. */
export const unreachable = (name: string, why: string): BoxhoundError =>
  new BoxhoundError(code, `${name}: the connection to the machine was lost`, {
    found: why,
    next: 'run it again; if this machine is under load, with fewer other tasks',
  })

export const isUnreachable = (error: unknown): boolean => error instanceof BoxhoundError && error.code === code
