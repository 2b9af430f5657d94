// Proxy and CAs from box file and environment.

import { isAbsolute, resolve } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Mirrors } from '../box/box.ts'
import { type Logins, loginsOf } from './logins.ts'

/**
 * How the host reaches the network. Proxy addresses use `http:` or `https:` and may contain a password: never print
 * them.
 */
export interface Network {
  /** For https addresses, and for http ones too if `httpProxy` isn't set. */
  readonly proxy?: string
  /** For http addresses; an empty text means no proxy. */
  readonly httpProxy?: string
  /**
   * Hosts that bypass the proxy, as in NO_PROXY: names with their subdomains, `name:port`, `*`. Loopback always does.
   */
  readonly noProxy?: string
  /** Absolute path of a PEM file with CAs to trust in addition to the system's. */
  readonly caBundle?: string
  /** Logins for mirrors' hosts, sent only to them. */
  readonly logins?: Logins
}

/** Timeouts of a download in milliseconds (fault 36). */
export interface Deadlines {
  /** For establishing a connection, including TLS. */
  readonly connect: number
  /**
   * For the start of a response, and between two chunks. Caches that first download the file themselves take a while.
   */
  readonly quiet: number
}

export const usualDeadlines: Deadlines = { connect: 15_000, quiet: 60_000 }

/** The proxy for addresses of a protocol; empty for none. */
export const proxyFor = (protocol: string, { proxy = '', httpProxy = proxy }: Network): string =>
  protocol === 'http:' ? httpProxy : proxy

/**
 * A proxy's address, with `http://` added if it is missing.
 *
 * @param source where the address comes from, for the error. The address itself may contain a password and is never
 *   quoted.
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

/** The first of these variables that is not empty; lower case first, like curl and pip. */
const variable = (environment: NodeJS.ProcessEnv, ...names: string[]) =>
  names.flatMap((name) => {
    const value = environment[name]
    return value === undefined || value === '' ? [] : [{ name, value }]
  })[0]

/** Adds the login that the environment has for the same proxy to the box file's proxy, which contains no password. */
const withLoginOf = (own: string | undefined, ...others: (string | undefined)[]): string | undefined =>
  others.find((other) => own !== undefined && other !== undefined && new URL(own).host === new URL(other).host) ?? own

const proxyOf = (environment: NodeJS.ProcessEnv, ...names: string[]): string | undefined => {
  const found = variable(environment, ...names)
  return found === undefined ? undefined : proxyAddress(found.value, found.name)
}

/**
 * Network settings from the box file, or where it has none from the environment: HTTPS_PROXY, HTTP_PROXY and NO_PROXY
 * in either case, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS. Passwords come only from the environment: in those proxies, and
 * in BOXHOUND_MIRROR_AUTH.
 *
 * @param folder the box file's, to which `mirrors.caBundle` is relative.
 * @throws BoxhoundError E_PROXY or E_MIRROR_AUTH, which name the variable but not its value.
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
  // Like curl, pip and apt: HTTP_PROXY alone, which may be a package cache, is not used for https addresses.
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
