// Proxy and CAs from box file and environment.

import { isAbsolute, resolve } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Mirrors } from '../box/box.ts'
import { type Logins, loginsOf } from './logins.ts'

/** How the host reaches the outside. Proxies are addresses with `http:` or `https:`, and may hold a password: never print one. */
export interface Network {
  /** For https addresses, and for http ones too where `httpProxy` says nothing. */
  readonly proxy?: string
  /** For http addresses; an empty text means none. */
  readonly httpProxy?: string
  /** Hosts that are asked directly, as in NO_PROXY: names with their subdomains, `name:port`, `*`. Loopback always is. */
  readonly noProxy?: string
  /** Absolute path of a PEM file with authorities to trust besides the system's. */
  readonly caBundle?: string
  /** Logins for the hosts of mirrors, sent to those only. */
  readonly logins?: Logins
}

/** How long a download waits for what does not come, in milliseconds (fault 36). */
export interface Deadlines {
  /** For a connection, TLS included. */
  readonly connect: number
  /** For the answer's beginning, and between two pieces of it: caches that fetch a file first let one wait. */
  readonly quiet: number
}

export const usualDeadlines: Deadlines = { connect: 15_000, quiet: 60_000 }

/** The proxy for addresses of a protocol; empty for none. */
export const proxyFor = (protocol: string, { proxy = '', httpProxy = proxy }: Network): string =>
  protocol === 'http:' ? httpProxy : proxy

/**
 * A proxy's address as programs write it, `http://` added where it is missing.
 *
 * @param source where it stands, for the error: its text may hold a password and is never told.
 */
const proxyAddress = (text: string, source: string): string => {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.hostname !== '')
    return `${url.protocol}//${url.username === '' ? '' : `${url.username}:${url.password}@`}${url.host}`
  throw new BoxhoundError('E_PROXY', `${source} is not the address of an HTTP proxy`, {
    expected: 'http://HOST:PORT or https://HOST:PORT',
    found: url === undefined ? 'something else' : `${url.protocol}//…`,
    next: `fix ${source}`,
    exitCode: 2,
  })
}

/** First variable of the names that is set to something; lower case first, as curl and pip read them. */
const variable = (environment: NodeJS.ProcessEnv, ...names: string[]) =>
  names.flatMap((name) => {
    const value = environment[name]
    return value === undefined || value === '' ? [] : [{ name, value }]
  })[0]

/** The box file's proxy with the login that the environment has for the very same one: a box file holds no password. */
const withLoginOf = (own: string | undefined, ...others: (string | undefined)[]): string | undefined =>
  others.find((other) => own !== undefined && other !== undefined && new URL(own).host === new URL(other).host) ?? own

const proxyOf = (environment: NodeJS.ProcessEnv, ...names: string[]): string | undefined => {
  const found = variable(environment, ...names)
  return found === undefined ? undefined : proxyAddress(found.value, found.name)
}

/**
 * What a box file says about the network, and where it says nothing the environment: HTTPS_PROXY, HTTP_PROXY and NO_PROXY in either
 * case, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS. Passwords come from the environment alone: in those proxies, and in BOXHOUND_MIRROR_AUTH.
 *
 * @param folder what a relative `mirrors.caBundle` counts from: that of the box file.
 * @throws BoxhoundError E_PROXY or E_MIRROR_AUTH, which name the variable and not its value.
 */
export const networkOf = (
  mirrors: Mirrors | undefined,
  environment: NodeJS.ProcessEnv = process.env,
  folder: string = process.cwd(),
): Network => {
  const https = proxyOf(environment, 'https_proxy', 'HTTPS_PROXY')
  const http = proxyOf(environment, 'http_proxy', 'HTTP_PROXY')
  const named = mirrors?.proxy === undefined ? undefined : proxyAddress(mirrors.proxy, 'mirrors.proxy')
  const own = withLoginOf(named, https, http)
  // As curl, pip and apt do: HTTP_PROXY alone, which may be a cache for packages, is not asked for https addresses.
  const proxy = own ?? https
  const forHttp = own ?? http
  const logins = loginsOf(mirrors, environment)
  const noProxy = variable(environment, 'no_proxy', 'NO_PROXY')?.value
  const caBundle = mirrors?.caBundle ?? variable(environment, 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS')?.value
  return {
    ...(proxy === undefined ? {} : { proxy }),
    ...(proxy === forHttp ? {} : { httpProxy: forHttp ?? '' }),
    ...(noProxy === undefined ? {} : { noProxy }),
    ...(logins.size === 0 ? {} : { logins }),
    ...(caBundle === undefined ? {} : { caBundle: isAbsolute(caBundle) ? caBundle : resolve(folder, caBundle) }),
  }
}
