// An account opened for some work.

import { dirname } from 'node:path'
import { withCleanup } from '../_helpers/cleanup.ts'
import type { Box } from '../box/types.ts'
import { openClient } from '../fetch/client.ts'
import { type Network, networkOf } from '../fetch/network.ts'
import { apiClient } from './account/client.ts'
import { type Gateway, openGateway } from './account/gateway.ts'
import { type Credentials, credentialsFrom } from './account/keys.ts'
import { type AccountPatience, usualAccountPatience } from './account/patience.ts'
import { transport } from './account/transport.ts'

export interface SessionOptions {
  readonly tell: (line: string) => void
  readonly patience?: AccountPatience
}

/** Opens an account's gateway for some work, and closes all connections after it. */
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

/** An account that the caller started for this work. */
export interface OwnAccount {
  readonly credentials: Credentials
  /** How it is named for a reader. */
  readonly where: string
}

/** Opens an account that needs neither keys of the environment nor a network of the box file, for some work. */
export const withOwnAccount = <T>(
  { credentials, where }: OwnAccount,
  options: SessionOptions,
  work: (gateway: Gateway, where: string) => Promise<T>,
): Promise<T> => withGateway(credentials, {}, options, (gateway) => work(gateway, where))

/**
 * Opens the account of the environment's keys for some work.
 *
 * @param where told how the account is named for a reader.
 * @throws BoxhoundError E_ACCOUNT_KEY, E_ACCOUNT_SITE (exit code 2) before anything is asked for.
 */
export const withAccount = <T>(
  box: Box,
  { environment, ...options }: SessionOptions & { readonly environment: NodeJS.ProcessEnv },
  work: (gateway: Gateway, where: string) => Promise<T>,
): Promise<T> => {
  const credentials = credentialsFrom(environment, box.agent.site)
  const network = networkOf(box.mirrors, environment, dirname(box.file))
  return withGateway(credentials, network, options, (gateway) => work(gateway, `the account at ${credentials.site}`))
}
