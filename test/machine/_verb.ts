// Runs a verb in the folder it is started in; bundled by _project.ts, so that a start costs a tenth of a second.
import { run } from '../../scripts/_main.ts'

process.exitCode = await run(process.argv.slice(2))
