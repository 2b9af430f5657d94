// An account opened for some work.

import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { withCleanup } from '../_helpers/cleanup.ts'
import type { Project } from '../_helpers/paths.ts'
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

/** What the lab's account keeps between two runs. */
export const labAccountFile = (project: Project, box: string): string => join(project.out, box, 'account.json')

/** An account for newcomers, on this machine's loopback while the work lasts; what it holds is kept in `out/BOX/account.json`. */
const withLabAccount = async <T>(
  project: Project,
  box: string,
  work: (credentials: Credentials) => Promise<T>,
): Promise<T> => {
  const { labApiKey, labApplicationKey, startAccount } = await import('../../../lab/account/server.ts')
  const stateFile = labAccountFile(project, box)
  await mkdir(dirname(stateFile), { recursive: true })
  const account = await startAccount({ stateFile })
  return withCleanup(account.close, () =>
    work({ apiKey: labApiKey, applicationKey: labApplicationKey, site: 'the lab', url: account.url }),
  )
}

/**
 * Opens the account of the environment's keys, or the lab's, for some work.
 *
 * @param where told how the account is named for a reader.
 * @throws BoxhoundError E_ACCOUNT_KEY, E_ACCOUNT_SITE (exit code 2) before anything is asked for.
 */
export const withAccount = <T>(
  box: Box,
  { lab, environment, ...options }: SessionOptions & { readonly lab: boolean; readonly environment: NodeJS.ProcessEnv },
  project: Project,
  work: (gateway: Gateway, where: string) => Promise<T>,
): Promise<T> => {
  if (lab)
    return withLabAccount(project, box.name, (credentials) =>
      withGateway(credentials, {}, options, (gateway) => work(gateway, 'the lab account')),
    )
  const credentials = credentialsFrom(environment, box.agent.site)
  const network = networkOf(box.mirrors, environment, dirname(box.file))
  return withGateway(credentials, network, options, (gateway) => work(gateway, `the account at ${credentials.site}`))
}
