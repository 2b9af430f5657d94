// A board or monitor that is closed to the key.

import { BoxhoundError } from '../_helpers/errors.ts'
import { listOf, objectOf } from '../_helpers/json.ts'
import type { Change } from './changes.ts'

/** What keeps others from changing a resource, in the words of the API. */
const protectionOf = ({ live }: Change): string | undefined => {
  const { is_read_only: readOnly, restricted_roles: roles, options } = live?.wire ?? {}
  if (readOnly === true) return 'is_read_only: true'
  if (listOf(roles).length > 0) return `restricted_roles: ${listOf(roles).join(', ')}`
  return objectOf(options).locked === true ? 'options.locked: true' : undefined
}

/**
 * A refusal for lack of rights, where the resource itself is what is closed and not the key. A restriction policy is not part of what the
 * account shows of a board: it is named as the other cause.
 */
export const explainProtection = (change: Change, error: unknown): unknown => {
  if (!(error instanceof BoxhoundError) || error.code !== 'E_ACCOUNT_PERMISSION' || change.live === null) return error
  const { kind, id } = change
  const closed = protectionOf(change)
  const { found = '', expected = '', next = '' } = error.details
  if (closed === undefined)
    return new BoxhoundError(error.code, error.message, {
      ...error.details,
      expected: `${expected}; and no restriction policy on the ${kind} ${id} that leaves the key's owner out`,
      next: `${next}; if it has that, look at the permissions of the ${kind} itself`,
    })
  const what = closed.startsWith('is_read_only') ? 'is read-only' : 'may be edited by some alone'
  return new BoxhoundError('E_ACCOUNT_PROTECTED', `the ${kind} ${what} in the account`, {
    expected: `an application key of its author, of an admin or of somebody with one of its roles`,
    found: `${closed}; ${found}`,
    next: `open the ${kind} ${id} for the key's owner, or apply with a key of somebody who may edit it`,
    cause: error,
  })
}
