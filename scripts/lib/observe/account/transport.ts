// Sends one request, through proxies and with retries.

import type {
  HttpLibrary,
  RequestContext,
} from '@datadog/datadog-api-client/dist/packages/datadog-api-client-common/http/http.js'
import { refuseIfInterrupted } from '../../_helpers/cleanup.ts'
import { BoxhoundError } from '../../_helpers/errors.ts'
import { formatSeconds } from '../../_helpers/format.ts'
import type { Client } from '../../fetch/client.ts'
import { failureOf } from '../../fetch/failure.ts'
import { type Answer, assertAnswer } from './answer.ts'
import { type AccountPatience, limitSeconds, patiently } from './patience.ts'

export interface TransportOptions {
  /** Connections with proxy, CAs and timeouts. */
  readonly client: Client
  /** Values that must never be shown: both keys. */
  readonly secrets: readonly string[]
  readonly patience: AccountPatience
  readonly tell: (line: string) => void
}

const redactorOf =
  (secrets: readonly string[]) =>
  (text: string): string =>
    secrets.reduce((rest, secret) => rest.replaceAll(secret, '********'), text)

/** Reading, replacing and removing are repeatable, and so is validating a monitor. */
const isRepeatable = (method: string, path: string): boolean => method !== 'POST' || path.endsWith('/validate')

const exchange = async (request: RequestContext, { client }: TransportOptions): Promise<Answer> => {
  const url = new URL(request.getUrl())
  const body = request.getBody()
  try {
    const dispatcher = await client.dispatcher(url.protocol)
    const answer = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.getHttpMethod(),
      headers: { ...request.getHeaders(), 'user-agent': 'boxhound', 'accept-encoding': 'identity' },
      body: typeof body === 'string' ? body : null,
      headersTimeout: client.deadlines.quiet,
      bodyTimeout: client.deadlines.quiet,
    })
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, [value].flat()[0] ?? '']),
    )
    return { status: answer.statusCode, headers, text: await answer.body.text() }
  } catch (error) {
    throw await failureOf(error, url, client)
  }
}

/** Waits as long as a rate limit asks for, up to a total maximum. */
const withinLimits = async (
  { patience, tell }: TransportOptions,
  what: string,
  work: () => Promise<Answer>,
): Promise<Answer> => {
  let waited = 0
  for (let times = 1; ; times++) {
    // After a signal, finish the current request but send no further ones.
    refuseIfInterrupted()
    const answer = await work()
    if (answer.status !== 429) return answer
    const seconds = limitSeconds(answer.headers, Math.max(1, patience.pause(times) / 1000))
    const name = answer.headers['x-ratelimit-name']
    const limit = name === undefined ? 'a limit of requests' : `the limit of requests ${name}`
    waited += Math.max(seconds, 1)
    if (waited > patience.longest)
      throw new BoxhoundError('E_ACCOUNT_LIMIT', `the account has ${limit}, which resets too late`, {
        expected: `within ${formatSeconds(patience.longest)}`,
        found: `${formatSeconds(seconds)} more, to ${what}`,
        next: 'run it again after that: finished work is found and kept',
      })
    tell(`the account has ${limit}: going on in ${formatSeconds(seconds)}`)
    await patience.wait(seconds * 1000)
  }
}

/**
 * The official client's transport: sends one request at a time through our own connections, with retries, and turns
 * every refusal into a BoxhoundError. Redirects are not followed, so that keys go to one host only.
 */
export const transport = (options: TransportOptions): HttpLibrary => {
  const redact = redactorOf(options.secrets)
  return {
    send: async (request) => {
      const { pathname } = new URL(request.getUrl())
      const method: string = request.getHttpMethod()
      const what = `${method} ${pathname}`
      const repeatable = isRepeatable(method, pathname)
      const answer = await patiently(options.patience, { repeatable, tell: options.tell }, async () => {
        const got = await withinLimits(options, what, () => exchange(request, options))
        assertAnswer(got, what, redact)
        return got
      })
      const { ResponseContext } = await import(
        '@datadog/datadog-api-client/dist/packages/datadog-api-client-common/http/http.js'
      )
      return new ResponseContext(
        answer.status,
        { ...answer.headers },
        {
          text: async () => answer.text,
          binary: async () => Buffer.from(answer.text),
        },
      )
    },
  }
}
