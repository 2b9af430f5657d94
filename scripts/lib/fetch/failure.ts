// Explains network failures, and decides whether to retry.

import { BoxhoundError } from '../_helpers/errors.ts'
import { formatSeconds } from '../_helpers/format.ts'
import { shownAddress, shownProxy } from './address.ts'
import type { Client } from './client.ts'
import { loginVariable } from './logins.ts'
import { proxyFor } from './network.ts'
import { isUntrusted, untrusted } from './trust.ts'

/** Errors that may be temporary and are worth a retry. All others are permanent. */
const passing = new Set(['E_FETCH_LOST', 'E_FETCH_QUIET', 'E_FETCH_SLOW', 'E_FETCH_CONNECT', 'E_FETCH_SERVER'])

/** Whether a retry may help. */
export const isPassing = (error: unknown): error is BoxhoundError =>
  error instanceof BoxhoundError && passing.has(error.code)

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/**
 * Lists the addresses that were tried, which says more than "ECONNREFUSED": Node collects them in an AggregateError.
 */
const detail = (error: unknown): string => {
  const [first] = error instanceof AggregateError ? error.errors : [error]
  return first instanceof Error ? first.message : String(first)
}

const unreachable = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ETIMEDOUT'])

/**
 * Whether it failed before a connection was established, so that nothing was sent. On an open connection the same codes
 * come with the call `read` or `write`; then the server may have processed the request.
 */
const isBefore = (error: unknown): boolean => {
  if (error instanceof AggregateError) return error.errors.every(isBefore)
  return error instanceof Error && 'syscall' in error && ['connect', 'getaddrinfo'].includes(String(error.syscall))
}

const byDeadline = (code: string, host: string, { deadlines }: Client): [code: string, message: string] | undefined => {
  const [connect, quiet] = [deadlines.connect, deadlines.quiet].map((ms) => formatSeconds(ms / 1000))
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return ['E_FETCH_CONNECT', `connecting to ${host} timed out after ${connect}`]
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return ['E_FETCH_QUIET', `${host} did not answer within ${quiet}`]
  if (code === 'UND_ERR_BODY_TIMEOUT') return ['E_FETCH_QUIET', `${host} sent nothing for ${quiet}`]
  return undefined
}

/**
 * The status of a proxy that responds to CONNECT with anything but 200, or requires a password. undici only has it in
 * its message.
 */
const refusedTunnel = (error: unknown): number | undefined => {
  const status = /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(
    error instanceof Error ? error.message : '',
  )?.[1]
  return status === undefined ? undefined : Number(status)
}

const gone = 'check the address; publishers remove old releases, and npm run base -- update BOX names the newest one'

const refusals: Readonly<Record<number, string>> = {
  401: `for a mirror that requires a login, set ${loginVariable} in the environment`,
  404: gone,
  410: gone,
}

/**
 * Explains a response that isn't the file, and what to do about it.
 *
 * @param status the server's, or with `proxy` the proxy's.
 */
export const statusFailure = (status: number, url: URL, proxy = ''): BoxhoundError => {
  const address = shownAddress(url)
  if (status === 407)
    return new BoxhoundError('E_FETCH_PROXY', 'the proxy requires a user and a password', {
      found: `${status} from ${proxy === '' ? url.host : shownProxy(proxy)}`,
      next: 'put them in HTTPS_PROXY or HTTP_PROXY in the environment, never in a box file',
    })
  const who = proxy === '' ? 'the server' : `the proxy ${shownProxy(proxy)}`
  if (status >= 500 || status === 429 || status === 408)
    return new BoxhoundError('E_FETCH_SERVER', `${who} cannot serve ${address} at the moment`, {
      found: `status ${status}`,
      next: 'try again later',
    })
  return new BoxhoundError('E_FETCH_STATUS', `${who} refuses ${address}`, {
    expected: 'status 200',
    found: `status ${status}`,
    next: refusals[status] ?? 'check the address, and whether this machine has access',
  })
}

/**
 * Converts an error of undici, Node or OpenSSL to one that names the address, the failing host and the timeout. It
 * never contains a proxy's password.
 */
export const failureOf = async (error: unknown, url: URL, client: Client): Promise<unknown> => {
  if (error instanceof BoxhoundError) return error
  const code = codeOf(error)
  const proxy = proxyFor(url.protocol, client.network)
  const address = shownAddress(url)
  const tunnel = refusedTunnel(error)
  if (tunnel !== undefined) return statusFailure(tunnel, url, proxy)
  if (isUntrusted(code)) return untrusted(error, url, client)
  const late = byDeadline(code, url.host, client)
  const next = proxy === '' ? 'check the address and the network' : `check the network; proxy: ${shownProxy(proxy)}`
  if (late !== undefined)
    return new BoxhoundError(late[0], late[1], { found: `while fetching ${address}`, next, cause: error })
  if (code === 'ENOTFOUND')
    return new BoxhoundError('E_FETCH_NAME', 'unknown host', {
      found: `${detail(error)}, while fetching ${address}`,
      cause: error,
      next: proxy === '' ? 'check the name; in a closed network set mirrors.proxy or HTTPS_PROXY' : next,
    })
  if (unreachable.has(code) && isBefore(error))
    return new BoxhoundError('E_FETCH_CONNECT', `cannot connect to ${url.host}`, {
      found: `${detail(error)}, while fetching ${address}`,
      next,
      cause: error,
    })
  if (/^(EPROTO|ERR_SSL_)/.test(code))
    return new BoxhoundError('E_FETCH_TLS', `TLS connection to ${url.host} failed`, {
      found: `${detail(error)}, while fetching ${address}`,
      cause: error,
      next: 'check that the server speaks https on that port',
    })
  const isForeign = error instanceof Error && error.name === 'HTTPParserError'
  if (isForeign || unreachable.has(code) || /^(UND_ERR_(SOCKET|RES_)|ECONN|EPIPE)/.test(code))
    return new BoxhoundError('E_FETCH_LOST', `lost the connection to ${url.host}`, {
      found: `${detail(error)}, while fetching ${address}`,
      next,
      cause: error,
    })
  return error
}
