// Explains boards and monitors that the key may not edit.

import { BoxhoundError } from '../_helpers/errors.ts'
import { listOf, objectOf } from '../_helpers/json.ts'
import type { Change } from './changes.ts'

/** What prevents others from changing a resource, in the API's terms. */
const protectionOf = ({ live }: Change): string | undefined => {
  const { is_read_only: readOnly, restricted_roles: roles, options } = live?.wire ?? {}
  if (readOnly === true) return 'is_read_only: true'
  if (listOf(roles).length > 0) return `restricted_roles: ${listOf(roles).join(', ')}`
  return objectOf(options).locked === true ? 'options.locked: true' : undefined
}

/**
 * Explains a refusal if the resource is restricted, rather than the key. A restriction policy is not visible in a
 * board, so it is mentioned as the other possible cause.
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
