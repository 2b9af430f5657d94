// Logins for mirrors, from the environment.

import { BoxhoundError } from '../_helpers/errors.ts'
import type { Mirrors } from '../box/box.ts'

/** Credentials for a mirror, in plain text: never print them. */
export interface Login {
  readonly user: string
  readonly password: string
}

/** The decoded login in an address. A percent sign that doesn't start an escape is literal. */
export const loginIn = ({ username, password }: URL): Login => {
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) }
  } catch {
    return { user: username, password }
  }
}

/** Logins by origin, such as `https://mirror.example:8443`. */
export type Logins = ReadonlyMap<string, Login>

/** The variable that contains the logins: too many people can read a box file or a command line. */
export const loginVariable = 'BOXHOUND_MIRROR_AUTH'

const addressesOf = ({ apt, pypi, agent, database, keys, images }: Mirrors): string[] =>
  [...(typeof apt === 'object' ? [apt.main, apt.security] : [apt]), pypi, agent, database, keys, images].filter(
    (address) => address !== undefined,
  )

const entryError = (found: string): BoxhoundError =>
  new BoxhoundError('E_MIRROR_AUTH', `${loginVariable} cannot be read`, {
    expected:
      'USER:PASSWORD, or for one host of several USER:PASSWORD@HOST[:PORT], blanks between them, %XX for odd characters',
    found,
    next: `fix ${loginVariable} in the environment`,
    exitCode: 2,
  })

/** Parses one entry. Errors never quote it, since any part of it may be the password. */
const parseEntry = (text: string, number: number): Login & { readonly host: string } => {
  const url = URL.canParse(`http://${text}`) ? new URL(`http://${text}`) : undefined
  const [, userinfo = text, host = ''] = /^(.*)@([^@]*)$/.exec(text) ?? []
  const [, user = '', password = ''] = /^([^:]+):(.+)$/.exec(userinfo) ?? []
  if (user === '' || (host !== '' && url?.pathname !== '/')) throw entryError(`an invalid entry at position ${number}`)
  try {
    return { user: decodeURIComponent(user), password: decodeURIComponent(password), host: host.toLowerCase() }
  } catch {
    throw entryError(`an invalid percent-encoding at position ${number}`)
  }
}

/**
 * The logins for the hosts of a box's mirrors, from BOXHOUND_MIRROR_AUTH. They are sent only to those hosts.
 *
 * @throws BoxhoundError E_MIRROR_AUTH (exit code 2), without any part of the value.
 */
export const loginsOf = (mirrors: Mirrors | undefined, environment: NodeJS.ProcessEnv): Logins => {
  const entries = (environment[loginVariable] ?? '').split(/\s+/).filter(Boolean)
  const parsed = entries.map((text, index) => parseEntry(text, index + 1))
  const logins = new Map<string, Login>()
  for (const address of addressesOf(mirrors ?? {})) {
    const { origin, host } = new URL(address)
    const login = parsed.find((entry) => entry.host === host) ?? parsed.find((entry) => entry.host === '')
    if (login !== undefined) logins.set(origin, { user: login.user, password: login.password })
  }
  return logins
}

/** Adds a host's login to an address, for use in an environment; never for an argument or a message. */
export const withLogin = (address: string, logins: Logins): string => {
  const url = new URL(address)
  const login = logins.get(url.origin)
  if (login === undefined) return address
  url.username = encodeURIComponent(login.user)
  url.password = encodeURIComponent(login.password)
  return url.href
}

/** The `authorization` header for a request to a mirror; nothing for any other host, including redirect targets. */
export const authorizationFor = (address: string | URL, logins: Logins = new Map()): { authorization?: string } => {
  const login = logins.get(new URL(address).origin)
  if (login === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` }
}
