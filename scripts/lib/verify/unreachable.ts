// The error of a machine that cannot be reached any more.

import { BoxhoundError } from '../_helpers/errors.ts'

/** The code of what fails because the machine cannot be reached any more; nothing is said about the machine by it. */
const code = 'E_UNREACHABLE'

/** @param why what ended the connection, and why there is no other. */
export const unreachable = (name: string, why: string): BoxhoundError =>
  new BoxhoundError(code, `${name}: the connection to the machine was lost`, {
    found: why,
    next: 'run it again; under load, on a machine that does less at the same time',
  })

export const isUnreachable = (error: unknown): boolean => error instanceof BoxhoundError && error.code === code
