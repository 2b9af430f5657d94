// What test/helpers/sandbox.test.ts kills without warning: it waits for a sandbox that would run for an hour.
import { startSandbox } from '../../scripts/lib/_helpers/sandbox.ts'

const [marker = ''] = process.argv.slice(2)
const sandbox = startSandbox(['bash', '-c', `trap '' TERM INT HUP; sleep ${marker} & echo ready; wait`], {
  cwd: '/',
  environment: { PATH: process.env.PATH ?? '' },
  stdio: ['ignore', 'inherit', 'inherit'],
})
await sandbox.ended
