import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { withCleanup } from '../../scripts/lib/_helpers/cleanup.ts'
import type { OwnAccount } from '../../scripts/lib/observe/session.ts'
import { labApiKey, labApplicationKey, startAccount } from './server.ts'

/** An account for newcomers, on this machine's loopback while the work lasts; its contents are kept in `stateFile`. */
export const withKeptAccount = async <T>(stateFile: string, work: (account: OwnAccount) => Promise<T>): Promise<T> => {
  await mkdir(dirname(stateFile), { recursive: true })
  const { url, close } = await startAccount({ stateFile })
  const credentials = { apiKey: labApiKey, applicationKey: labApplicationKey, site: 'the lab', url }
  return withCleanup(close, () => work({ credentials, where: 'the lab account' }))
}
