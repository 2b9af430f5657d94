// The verb in a process of its own, in a project of the test's: _verb.ts PROJECT WORDS…
import { run } from '../../scripts/_main.ts'

const [project = '', ...words] = process.argv.slice(2)
process.chdir(project)
delete process.env.INIT_CWD
process.exitCode = await run(['base', ...words], { tool: project, root: project })
