// Opens an account.

import { dirname, join } from 'node:path'
import { withCleanup } from '../_helpers/cleanup.ts'
import type { Project } from '../_helpers/paths.ts'
import type { Box } from '../box/box.ts'
import { openClient } from '../fetch/client.ts'
import { type Network, networkOf } from '../fetch/network.ts'
import { apiClient } from './account/client.ts'
import { type Credentials, credentialsFrom } from './account/credentials.ts'
import { type Gateway, openGateway } from './account/gateway.ts'
import { type AccountPatience, usualAccountPatience } from './account/patience.ts'
import { transport } from './account/transport.ts'

export interface SessionOptions {
  readonly tell: (line: string) => void
  readonly patience?: AccountPatience
}

/** Opens an account's gateway for some work, and closes all connections afterwards. */
export const withGateway = async <T>(
  credentials: Credentials,
  network: Network,
  { tell, patience = usualAccountPatience }: SessionOptions,
  work: (gateway: Gateway) => Promise<T>,
): Promise<T> => {
  const client = openClient(network)
  return withCleanup(client.close, async () => {
    const secrets = [credentials.apiKey, credentials.applicationKey]
    const api = await apiClient(credentials, transport({ client, secrets, patience, tell }))
    return work(openGateway(api, credentials, { patience, tell }))
  })
}

/**
 * Runs work with the keys and address of a stand-in for a Datadog account, on this machine's loopback while the work
 * lasts.
 */
export type StandIn = <T>(stateFile: string, work: (credentials: Credentials) => Promise<T>) => Promise<T>

/**
 * Opens the account for the environment's keys, or a stand-in, for some work.
 *
 * @param options `standIn`: keeps its state in `out/BOX/account.json` between runs; null for the real account.
 * @param where called with the account's name for a reader.
 * @throws BoxhoundError E_ACCOUNT_KEY, E_ACCOUNT_SITE (exit code 2) before any request.
 */
export const withAccount = <T>(
  box: Box,
  {
    standIn,
    environment,
    ...options
  }: SessionOptions & {
    readonly standIn: StandIn | null
    readonly environment: NodeJS.ProcessEnv
  },
  project: Project,
  work: (gateway: Gateway, where: string) => Promise<T>,
): Promise<T> => {
  if (standIn !== null)
    return standIn(join(project.out, box.name, 'account.json'), (credentials) =>
      withGateway(credentials, {}, options, (gateway) => work(gateway, 'the lab account')),
    )
  const credentials = credentialsFrom(environment, box.agent.site)
  const network = networkOf(box.mirrors, environment, dirname(box.file))
  return withGateway(credentials, network, options, (gateway) => work(gateway, `the account at ${credentials.site}`))
}
