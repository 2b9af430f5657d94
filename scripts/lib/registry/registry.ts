// Requests to one repository, with login and redirects.

import { BoxhoundError } from '../_helpers/errors.ts'
import { isLoopback, type Repository } from '../box/repository.ts'
import { shownAddress } from '../fetch/address.ts'
import { type Client, openClient } from '../fetch/client.ts'
import type { Deadlines, Network } from '../fetch/network.ts'
import { type Answer, discard, get, type Sent, send } from '../fetch/request.ts'
import { type Credential, credentialFor } from './docker-config.ts'
import { authorizationFrom, refusedLogin, type Wish } from './token.ts'

/** A repository in a registry, with a shared set of connections. */
export interface Registry {
  /** `REGISTRY/REPO`, for messages. */
  readonly name: string
  /** `https://HOST/v2/REPO/`. */
  readonly address: string
  /** Sends the registry's authorization to its own origin, once a request has obtained it. */
  readonly client: Client
  /**
   * Requests an address below `address`, or one that the registry has named; logs in if required. Redirects of GET and
   * HEAD are followed, without the authorization if they lead to another origin.
   *
   * @param body created for each attempt.
   * @throws BoxhoundError E_FETCH_…, E_REGISTRY_LOGIN, E_DOCKER_CONFIG, E_CREDENTIAL_HELPER.
   */
  readonly ask: (
    method: Sent['method'],
    address: string,
    more?: { readonly headers?: Sent['headers']; readonly body?: () => NonNullable<Sent['body']> },
  ) => Promise<Answer>
  readonly close: () => Promise<void>
}

export interface RegistryOptions {
  readonly network: Network
  /** Uses http, which is allowed only on loopback. */
  readonly plainHttp: boolean
  readonly actions: 'pull' | 'pull,push'
  readonly environment?: NodeJS.ProcessEnv
  readonly deadlines?: Deadlines
}

/** Docker Hub's API has a different host name than the one in image names. */
const apiHost = (host: string): string => (host === 'docker.io' ? 'registry-1.docker.io' : host)

/** @throws BoxhoundError E_PLAIN_HTTP (exit code 2) for plain HTTP to any host but loopback. */
export const requireLoopback = ({ host, path }: Repository): void => {
  if (!isLoopback(host))
    throw new BoxhoundError('E_PLAIN_HTTP', 'plain HTTP is only allowed for registries on this machine', {
      expected: `localhost:PORT/${path}`,
      found: `${host}/${path}`,
      next: 'remove --plain-http: anyone on the network could read the login and replace the layers',
      exitCode: 2,
    })
}

/**
 * Opens a repository without sending a request yet.
 *
 * @throws BoxhoundError E_PLAIN_HTTP (exit code 2).
 */
export const openRegistry = (repository: Repository, options: RegistryOptions): Registry => {
  const { host, path } = repository
  const { plainHttp, actions, environment = process.env } = options
  if (plainHttp) requireLoopback(repository)
  const origin = `${plainHttp ? 'http' : 'https'}://${apiHost(host)}`
  const base = new URL(`${origin}/v2/${path}/`)
  let authorization: string | undefined
  let credential: Promise<Credential | undefined> | undefined
  const client: Client = {
    ...openClient(options.network, options.deadlines),
    authorize: (url) => (authorization !== undefined && url.origin === base.origin ? { authorization } : {}),
  }
  const once = (method: Sent['method'], url: URL, { headers = {}, body }: Parameters<Registry['ask']>[2] = {}) =>
    method === 'GET' || method === 'HEAD'
      ? get(url.href, client, headers, undefined, method)
      : send(url, client, { method, headers, ...(body === undefined ? {} : { body: body() }) })
  const logIn = async (answer: Answer, wish: Omit<Wish, 'credential'>): Promise<void> => {
    discard(answer.body)
    credential ??= credentialFor(host, environment)
    const whole = { ...wish, credential: await credential }
    const before = authorization
    authorization = await authorizationFrom(answer.header('www-authenticate') ?? '', whole, client)
    // With Basic, the same credentials would only be refused again.
    if (before === authorization) throw refusedLogin(whole)
  }
  return {
    name: `${host}/${path}`,
    address: base.href,
    client,
    ask: async (method, address, more) => {
      const url = new URL(address, base)
      const secure = (other: URL): boolean =>
        other.protocol === 'https:' || (plainHttp && other.protocol === 'http:' && isLoopback(other.hostname))
      if (!secure(url))
        throw new BoxhoundError('E_REGISTRY_ADDRESS', `${host} points to an address that is not allowed`, {
          expected: plainHttp ? 'an address on loopback' : 'an https address',
          found: shownAddress(url),
          next: 'a registry behind a proxy must know that clients use https: set X-Forwarded-Proto, or use relative URLs',
        })
      const answer = await once(method, url, more)
      // After a redirect to another origin, the responding server is not the registry and gets no login.
      if (answer.status !== 401 || answer.url.origin !== base.origin) return answer
      const wish = { host, scope: `repository:${path}:${actions}`, isPrivate: secure }
      await logIn(answer, wish)
      const second = await once(method, url, more)
      if (second.status !== 401) return second
      discard(second.body)
      throw refusedLogin({ ...wish, credential: await credential })
    },
    close: client.close,
  }
}
