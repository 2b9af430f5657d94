// The refusal of a host key.

import { BoxhoundError } from '../_helpers/errors.ts'

/** The error for a server whose host key differs from the one on the console or from the caller (fault 41). */
export const hostKeyError = (expected: string, found: string): BoxhoundError =>
  new BoxhoundError('E_HOST_KEY', 'unexpected host key', {
    expected,
    found,
    next: 'make sure that this is the machine you mean; read its key on its console, never from the connection itself',
  })
