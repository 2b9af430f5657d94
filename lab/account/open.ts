import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { withCleanup } from '../../scripts/lib/_helpers/cleanup.ts'
import { labApiKey, labApplicationKey, startAccount } from './server.ts'

/** Keys and address of the lab's account. */
export interface LabCredentials {
  readonly apiKey: string
  readonly applicationKey: string
  readonly site: string
  readonly url: string
}

/** Runs `work` with an account on this machine's loopback; the account's content is kept in `stateFile`. */
export const withLabAccount = async <T>(
  stateFile: string,
  work: (credentials: LabCredentials) => Promise<T>,
): Promise<T> => {
  await mkdir(dirname(stateFile), { recursive: true })
  const account = await startAccount({ stateFile })
  return withCleanup(account.close, () =>
    work({ apiKey: labApiKey, applicationKey: labApplicationKey, site: 'the lab', url: account.url }),
  )
}
