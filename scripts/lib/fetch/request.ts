import type { Dispatcher } from 'undici'
import { BoxhoundError } from '../_helpers/errors.ts'
import { shownAddress } from './address.ts'
import type { Client } from './client.ts'
import { failureOf } from './failure.ts'
import { authorizationFor } from './logins.ts'

/** What a server answered, after redirects: the body still to be read, or destroyed. */
export interface Answer {
  readonly status: number
  /** The first value of a header, by its name in lower case. */
  readonly header: (name: string) => string | undefined
  readonly body: Dispatcher.ResponseData['body']
  /** Where it came from in the end. */
  readonly url: URL
}

const redirects = new Set([301, 302, 303, 307, 308])
const maximumRedirects = 10

const headerOf =
  (headers: Dispatcher.ResponseData['headers']) =>
  (name: string): string | undefined =>
    [headers[name]].flat()[0]

/**
 * Where a redirect leads to.
 *
 * @throws BoxhoundError E_FETCH_REDIRECT when that is no address of http(s), or http where the way began with https: what was asked
 *   for in secret is not told in the open.
 */
const redirected = (location: string | undefined, from: URL): URL => {
  const refuse = (message: string, expected: string, found: string): BoxhoundError =>
    new BoxhoundError('E_FETCH_REDIRECT', message, {
      expected,
      found: `${found}, by ${shownAddress(from)}`,
      next: 'check the address in a browser, and take the one that it ends at',
    })
  if (location === undefined || !URL.canParse(location, from.href))
    throw refuse('a redirect to nowhere', 'an address in the header Location', 'none')
  const to = new URL(location, from)
  if (!['https:', 'http:'].includes(to.protocol))
    throw refuse('a redirect to what is no web address', 'https or http', to.protocol)
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw refuse('a redirect from https down to http', 'an https address', shownAddress(to))
  return to
}

/**
 * Asks for an address and follows redirects; reads nothing of the body.
 *
 * @throws BoxhoundError E_FETCH_…, naming host, address and the deadline that has passed; the signal's reason when that was given.
 */
export const get = async (
  address: string,
  client: Client,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Answer> => {
  let url = new URL(address)
  for (let hops = 0; hops <= maximumRedirects; hops++) {
    const dispatcher = await client.dispatcher(url.protocol)
    const authorization = authorizationFor(url, client.network.logins)
    const {
      statusCode,
      headers: received,
      body,
    } = await dispatcher
      .request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: 'GET',
        headers: {
          accept: '*/*',
          'accept-encoding': 'identity',
          'user-agent': 'boxhound',
          ...headers,
          ...authorization,
        },
        ...{ headersTimeout: client.deadlines.quiet, bodyTimeout: client.deadlines.quiet },
        ...(signal === undefined ? {} : { signal }),
      })
      .catch(async (error: unknown) => {
        throw await failureOf(error, url, client)
      })
    const header = headerOf(received)
    if (!redirects.has(statusCode)) return { status: statusCode, header, body, url }
    discard(body)
    url = redirected(header('location'), url)
  }
  throw new BoxhoundError('E_FETCH_REDIRECT', `more than ${maximumRedirects} redirects`, {
    found: shownAddress(address),
    next: 'check the address in a browser',
  })
}

/** Ends an answer that nobody wants to read: its connection goes with it. */
export const discard = (body: Answer['body']): void => {
  body.on('error', () => {}).destroy()
}
