// The error for a machine that became unreachable.

import { BoxhoundError } from '../_helpers/errors.ts'

/** The code of what fails because the machine cannot be reached any more; nothing is said about the machine by it. */
const code = 'E_UNREACHABLE'

/** @param why what ended the connection, and why there is no other. */
export const unreachable = (name: string, why: string): BoxhoundError =>
  new BoxhoundError(code, `${name}: the connection to the machine was lost`, {
    found: why,
    next: 'run it again; if this machine is under load, with fewer other tasks',
  })

export const isUnreachable = (error: unknown): boolean => error instanceof BoxhoundError && error.code === code
