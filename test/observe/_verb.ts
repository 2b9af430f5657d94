// `npm run observe` in a process of its own: _verb.ts WORDS…
import { run } from '../../scripts/_main.ts'

delete process.env.INIT_CWD
process.exitCode = await run(['observe', ...process.argv.slice(2)])
