// Runs a verb in the folder it is started in, which is both roots; compiled with the unit tests, so that a start costs a tenth of a second.
import { run } from '../../scripts/_main.ts'

process.exitCode = await run(process.argv.slice(2), { tool: process.cwd(), root: process.cwd() })
