// Bearer and Basic authentication.

import * as z from 'zod'
import { BoxhoundError } from '../_helpers/errors.ts'
import { shownAddress } from '../fetch/address.ts'
import type { Client } from '../fetch/client.ts'
import { discard, get, send } from '../fetch/request.ts'
import { type Challenge, parseChallenges } from './challenge.ts'
import { type Credential, dockerConfigPath } from './docker-config.ts'
import { readBody, refusal } from './failure.ts'

const tokenSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() })
const longest = 100_000

const basic = ({ user, password }: Credential & { kind: 'password' }): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** What a login is for, and with which credentials. */
export interface Wish {
  /** The registry's name in messages. */
  readonly host: string
  /** `repository:team/layers:pull`. */
  readonly scope: string
  readonly credential: Credential | undefined
  /** Whether a protocol and host may be sent credentials. */
  readonly isPrivate: (url: URL) => boolean
}

const loginError = ({ host, credential }: Wish, found: string, next?: string): BoxhoundError =>
  new BoxhoundError('E_REGISTRY_LOGIN', `${host} requires a login`, {
    file: dockerConfigPath(),
    expected: `valid credentials for ${host}`,
    found,
    next: next ?? `docker login ${host}${credential === undefined ? '' : ', as a user with permission'}`,
  })

const realmOf = ({ parameters: { realm = '' } }: Challenge, wish: Wish): URL => {
  if (!URL.canParse(realm))
    throw loginError(wish, 'a token service without an address', 'ask the operator of the registry')
  const url = new URL(realm)
  if (!wish.isPrivate(url) || url.username !== '')
    throw loginError(
      wish,
      `a token service at ${shownAddress(url)}`,
      'it must be an https address: nothing is sent to it',
    )
  return url
}

/**
 * Gets a token from the service that the registry names: by GET, with user and password or anonymously, or by POST with
 * an identity token.
 */
const fetchToken = async (challenge: Challenge, wish: Wish, client: Client): Promise<string> => {
  const realm = realmOf(challenge, wish)
  const { credential } = wish
  const { service, scope = wish.scope } = challenge.parameters
  const query = new URLSearchParams({ ...(service === undefined ? {} : { service }), scope })
  const bare: Client = { ...client, authorize: () => ({}) }
  let answer: Awaited<ReturnType<typeof send>>
  if (credential?.kind === 'identity') {
    const form = { grant_type: 'refresh_token', client_id: 'boxhound', refresh_token: credential.token }
    for (const [name, value] of Object.entries(form)) query.set(name, value)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    answer = await send(realm, bare, { method: 'POST', headers, body: query.toString() })
  } else {
    for (const [name, value] of query) realm.searchParams.set(name, value)
    // Only for this origin, so that a redirect to another one gets no password.
    const authorize = (url: URL) =>
      credential !== undefined && url.origin === realm.origin ? { authorization: basic(credential) } : {}
    answer = await get(realm.href, { ...client, authorize })
  }
  if (answer.status === 401 || answer.status === 400) {
    discard(answer.body)
    throw loginError(wish, credential === undefined ? 'none' : `credentials that ${realm.host} rejects`)
  }
  if (answer.status !== 200) throw await refusal(answer, client, 'a token')
  try {
    const text = (await readBody(answer, client, longest))?.toString('utf8') ?? ''
    const { token, access_token = token } = tokenSchema.parse(JSON.parse(text))
    if (access_token === undefined || !/^[\x21-\x7e]+$/.test(access_token)) throw new Error('no token')
    return access_token
  } catch {
    throw loginError(wish, `an answer from ${realm.host} without a token`, 'ask the operator of the registry')
  }
}

/**
 * The `authorization` header that a registry's 401 response asks for.
 *
 * @param header its WWW-Authenticate.
 * @throws BoxhoundError E_REGISTRY_LOGIN, E_FETCH_….
 */
export const authorizationFrom = async (header: string, wish: Wish, client: Client): Promise<string> => {
  const challenges = parseChallenges(header)
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer')
  if (bearer !== undefined) return `Bearer ${await fetchToken(bearer, wish, client)}`
  if (!challenges.some(({ scheme }) => scheme === 'basic'))
    throw loginError(wish, 'an authentication scheme other than Bearer and Basic', 'ask the operator of the registry')
  if (wish.credential?.kind !== 'password')
    throw loginError(wish, wish.credential === undefined ? 'none' : 'an identity token instead of a password')
  return basic(wish.credential)
}

/** The error if a registry refuses the credentials that it asked for. */
export const refusedLogin = (wish: Wish): BoxhoundError =>
  loginError(wish, wish.credential === undefined ? 'none' : 'credentials that it rejects')
