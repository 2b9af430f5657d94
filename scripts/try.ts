import { withCleanup } from './lib/_helpers/cleanup.ts'
import { type Command, type Parsed, parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import { formatSeconds } from './lib/_helpers/format.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { progressFor } from './lib/bake/progress.ts'
import { readRefreshed } from './lib/bake/refresh.ts'
import { runningMachine } from './lib/boot/state.ts'
import { chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'
import { planBox } from './lib/plan/plan.ts'
import { renderBox } from './lib/render/render.ts'
import { formatResult, type Paint, paintFor } from './lib/report/terminal.ts'
import { attempt, type Tried } from './lib/try/attempt.ts'
import { awaitWord, waitVariable, watchBox } from './lib/try/watch.ts'
import { startSuite } from './lib/verify/suite.ts'
import { isGreen } from './lib/verify/verdict.ts'

const command: Command = {
  verb: 'try',
  summary:
    'The edit-test loop for check authors: copies your changes into a container, runs the checks they affect, and shows the output of failed ones.',
  positional: {
    name: 'BOX ID…',
    help: 'name of a file in boxes/ without the extension, or a path (default: lab, or the only one); checks to run (default: those that the change affects)',
    multiple: true,
  },
  words: '[BOX] [ID…]',
  options: {
    watch: { type: 'boolean', help: 'run again at every save, until Ctrl-C; the newest save wins' },
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  examples: [
    ['npm run try', 'a container from a draft of the lab box; the next try reuses it'],
    ['npm run try -- lab check.my_metric', 'after an edit of my_metric.py: about a second'],
    ['npm run try -- lab --watch', 'runs again at every save'],
    ['npm run ssh -- lab', 'a shell inside; npm run down -- lab stops the container'],
  ],
}

const tell = (tried: Tried, seconds: number, paint: Paint): string => {
  const { passed, failed } = tried.results
  const verdict = failed === 0 ? paint('green', `${passed} passed`) : paint('red', `${failed} failed, ${passed} passed`)
  return `${verdict} in ${formatSeconds(seconds)}`
}

const indent = (text: string): string => text.replace(/^/gm, '        ')

const once = async ({ positionals: [name, ...ids], flags }: Parsed, project: Project): Promise<number> => {
  const begun = performance.now()
  const quiet = flags.json === true
  const paint = paintFor(process.stdout, process.env)
  const say = (text: string): void => (quiet ? undefined : console.log(text))
  const box = await loadBox(chosenBox(name, project), project)
  // The suite loads while the plan is made, unless this first try has to bake: then it would wait too long.
  const running = await runningMachine(project.cache, box.name, 'container')
  const suite = running === null ? undefined : await startSuite(project.tool)
  const outputs: Record<string, string> = {}
  const tried = await withCleanup(
    () => suite?.end(),
    async () => {
      const refreshed = await readRefreshed(box.name, false, project)
      const plan = await planBox(await renderBox(box, project), { now: Date.now(), ...refreshed }, project)
      return attempt(
        plan,
        {
          ids,
          environment: process.env,
          ...(suite === undefined ? {} : { suite }),
          progress: progressFor(quiet ? 'silent' : process.stdout.isTTY ? 'terminal' : 'plain'),
          onNote: (text) => (quiet ? console.error(text) : say(paint('dim', text))),
          onResult: (result) => say(formatResult(result, paint)),
          onOutput: (id, output) => {
            outputs[id] = output
            say(`      ${paint('dim', `output of ${id}`)}\n${indent(output)}`)
          },
        },
        project,
      )
    },
  )
  const seconds = (performance.now() - begun) / 1000
  if (quiet) console.log(JSON.stringify({ ...tried.results, how: tried.how, seconds, outputs }))
  else say(tell(tried, seconds, paint))
  return isGreen(tried.results) ? 0 : 1
}

/** `npm run try`: 0 when every check that ran passed, 1 when one failed; with --watch 130 after Ctrl-C. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  if (process.env[waitVariable] !== undefined && !(await awaitWord())) return 0
  if (parsed.flags.watch !== true) return once(parsed, project)
  if (parsed.flags.json === true)
    throw new BoxhoundError('E_USAGE', '--watch prints no JSON document', {
      exitCode: 2,
      next: 'leave out --json or --watch',
    })
  const box = await loadBox(chosenBox(parsed.positional, project), project)
  return watchBox(
    box.file,
    argv.filter((word) => word !== '--watch'),
    project,
  )
}
