// What test/account/state.test.ts starts: an account whose process gets a signal just when it begins to write a change.

import { startAccount } from '../../lab/account/server.ts'
import { withCleanup } from '../../scripts/lib/_helpers/cleanup.ts'
import { call, monitor, now } from './_account.ts'

const [stateFile = ''] = process.argv.slice(2)
const account = await startAccount({
  stateFile,
  clock: () => {
    process.kill(process.pid, 'SIGINT')
    return now
  },
})
await withCleanup(account.close, () => call(account, 'POST', '/api/v1/monitor', monitor()))
