// Finds out which key lacks which permission.

import { BoxhoundError } from '../../_helpers/errors.ts'
import type { ApiClient } from './client.ts'
import type { Credentials } from './credentials.ts'

/** An operation's name for messages, and the permission that its application key needs. */
export interface Operation {
  readonly what: string
  readonly permission: string
}

const keyError = (site: string, found: string | undefined): BoxhoundError =>
  new BoxhoundError('E_ACCOUNT_KEY', `DD_API_KEY does not belong to an account at ${site}`, {
    expected: `an API key of your organization, and DD_SITE of the site where it is: ${site}`,
    ...(found === undefined ? {} : { found }),
    next: 'check DD_SITE against the address of your account: a key is valid at its own site only',
  })

/**
 * Explains a refusal for lack of permissions: which key lacks which permission. The API doesn't say. So this checks
 * whether the API key is valid; if it is, the application key is the cause.
 */
export const explainRefusal = async (
  error: BoxhoundError,
  { what, permission }: Operation,
  api: Pick<ApiClient, 'authentication'>,
  { site }: Pick<Credentials, 'site'>,
): Promise<BoxhoundError> => {
  const { found } = error.details
  const isKnown = await api.authentication.validate().then(
    ({ valid }) => valid === true,
    (failure: unknown) =>
      failure instanceof BoxhoundError && failure.code === 'E_ACCOUNT_FORBIDDEN' ? false : undefined,
  )
  if (isKnown === false) return keyError(site, found)
  return new BoxhoundError('E_ACCOUNT_PERMISSION', `DD_APP_KEY may not ${what}`, {
    expected: `an application key of the same organization with the permission ${permission}`,
    ...(found === undefined ? {} : { found: `${found}${isKnown === true ? '; the API key is valid' : ''}` }),
    next: `give the key's owner a role with ${permission}, and the key that scope, or no scope at all`,
    cause: error,
  })
}
