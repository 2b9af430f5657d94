// Validates the format of keys and site.

import { BoxhoundError } from '../../_helpers/errors.ts'
import { nearest } from '../../box/nearest.ts'
import { sites } from '../../box/schema.ts'
import { isApiKey, isApplicationKey } from '../../box/secrets.ts'

/** Credentials for an account, and its address. Never print them or make them part of a URL. */
export interface Credentials {
  readonly apiKey: string
  readonly applicationKey: string
  /** E.g. `datadoghq.eu`. */
  readonly site: string
  /** `https://api.SITE`. */
  readonly url: string
}

const lab = 'or try it without an account: add --lab'

const kinds = {
  DD_API_KEY: { what: 'API key', expected: '32 lower-case hexadecimal digits', fits: isApiKey },
  DD_APP_KEY: {
    what: 'application key',
    expected: '40 lower-case hexadecimal digits, or ddapp_ and 34 letters and digits',
    fits: isApplicationKey,
  },
} as const

const keyOf = (environment: NodeJS.ProcessEnv, name: keyof typeof kinds): string => {
  const value = environment[name] ?? ''
  const { what, expected, fits } = kinds[name]
  if (value === '')
    throw new BoxhoundError('E_ACCOUNT_KEY', `${name} is not set`, {
      expected,
      found: 'nothing',
      next: `set ${name}, ${lab}`,
      exitCode: 2,
    })
  // Never quotes the value itself (fault 20).
  if (!fits(value))
    throw new BoxhoundError('E_ACCOUNT_KEY', `${name} is not a valid ${what}`, {
      expected,
      found: `${value.length} characters, not shown`,
      next: `set the right key, ${lab}`,
      exitCode: 2,
    })
  return value
}

/**
 * Keys and site, which come only from the environment. Their format is checked before any request.
 *
 * @param site the box's, used if DD_SITE is not set.
 * @throws BoxhoundError E_ACCOUNT_KEY, E_ACCOUNT_SITE with exit code 2.
 */
export const credentialsFrom = (environment: NodeJS.ProcessEnv, site: string): Credentials => {
  const chosen = environment.DD_SITE || site
  if (!sites.some((known) => known === chosen)) {
    const best = nearest(chosen, sites)
    throw new BoxhoundError('E_ACCOUNT_SITE', 'DD_SITE is not a Datadog site', {
      expected: `one of ${sites.join(', ')}`,
      found: chosen,
      next: best === undefined ? 'use the site in the address of your account' : `did you mean "${best}"?`,
      exitCode: 2,
    })
  }
  return {
    apiKey: keyOf(environment, 'DD_API_KEY'),
    applicationKey: keyOf(environment, 'DD_APP_KEY'),
    site: chosen,
    url: `https://api.${chosen}`,
  }
}
