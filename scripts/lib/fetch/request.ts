// Sends one GET request and follows redirects.

import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { BoxhoundError } from '../_helpers/errors.ts'
import { shownAddress } from './address.ts'
import type { Client } from './client.ts'
import { failureOf } from './failure.ts'
import { authorizationFor } from './logins.ts'

/** A server's response, after redirects. The body has yet to be read or destroyed. */
export interface Answer {
  readonly status: number
  /** The first value of a header; the name is in lower case. */
  readonly header: (name: string) => string | undefined
  readonly body: Dispatcher.ResponseData['body']
  /** The final address. */
  readonly url: URL
}

const redirects = new Set([301, 302, 303, 307, 308])
const maximumRedirects = 10

const headerOf =
  (headers: Dispatcher.ResponseData['headers']) =>
  (name: string): string | undefined =>
    [headers[name]].flat()[0]

/**
 * The target of a redirect.
 *
 * @throws BoxhoundError E_FETCH_REDIRECT if it is not http(s), or is http after a start with https, since a secure
 *   request must not continue in plain text.
 */
export const redirected = (location: string | undefined, from: URL): URL => {
  const refuse = (message: string, expected: string, found: string): BoxhoundError =>
    new BoxhoundError('E_FETCH_REDIRECT', message, {
      expected,
      found: `${found}, by ${shownAddress(from)}`,
      next: 'open the address in a browser, and use the final one',
    })
  if (location === undefined || !URL.canParse(location, from.href))
    throw refuse('a redirect without a target', 'an address in the Location header', 'none')
  const to = new URL(location, from)
  if (!['https:', 'http:'].includes(to.protocol))
    throw refuse('a redirect to something other than a web address', 'https or http', to.protocol)
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw refuse('a redirect from https down to http', 'an https address', shownAddress(to))
  return to
}

/** The parts of a request besides its address. */
export interface Sent {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Readable | Uint8Array | string
  readonly signal?: AbortSignal | undefined
}

/**
 * Sends one request without following redirects or reading the body.
 *
 * @throws BoxhoundError E_FETCH_…, naming host, address and the timeout; the signal's reason if it was aborted.
 */
export const send = async (url: URL, client: Client, { method, headers, body, signal }: Sent): Promise<Answer> => {
  const dispatcher = await client.dispatcher(url.protocol)
  const answer = await dispatcher
    .request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: {
        accept: '*/*',
        'accept-encoding': 'identity',
        'user-agent': 'boxhound',
        ...headers,
        ...(client.authorize?.(url) ?? authorizationFor(url, client.network.logins)),
      },
      headersTimeout: client.deadlines.quiet,
      bodyTimeout: client.deadlines.quiet,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    })
    .catch(async (error: unknown) => {
      throw await failureOf(error, url, client)
    })
  return { status: answer.statusCode, header: headerOf(answer.headers), body: answer.body, url }
}

/**
 * Sends a request and follows redirects, without reading the body.
 *
 * @throws BoxhoundError E_FETCH_…, like `send`; E_FETCH_REDIRECT for a redirect that can't be followed.
 */
export const get = async (
  address: string,
  client: Client,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
  method: 'GET' | 'HEAD' = 'GET',
): Promise<Answer> => {
  let url = new URL(address)
  for (let hops = 0; hops <= maximumRedirects; hops++) {
    const answer = await send(url, client, { method, headers, signal })
    if (!redirects.has(answer.status)) return answer
    discard(answer.body)
    url = redirected(answer.header('location'), url)
  }
  throw new BoxhoundError('E_FETCH_REDIRECT', `more than ${maximumRedirects} redirects`, {
    found: shownAddress(address),
    next: 'open the address in a browser',
  })
}

/** Discards a response without reading it; this closes its connection. */
export const discard = (body: Answer['body']): void => {
  body.on('error', () => {}).destroy()
}
