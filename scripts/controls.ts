import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { machineChoice, machineOption } from './lib/boot/kind.ts'
import { readPublished } from './lib/boot/published-image.ts'
import { boxHelp, chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'
import { formatControl, formatControls } from './lib/report/matrix.ts'
import { paintFor } from './lib/report/terminal.ts'
import { type Control, controlsFor, isRight, readControls, uncontrolled } from './lib/verify/control.ts'
import { runControls } from './lib/verify/controls.ts'
import { allIds } from './lib/verify/plan.ts'

const command: Command = {
  verb: 'test:controls',
  summary: 'Breaks a booted box in one way after another; each time exactly the expected checks must fail.',
  positional: { name: 'BOX', help: boxHelp },
  options: {
    only: {
      type: 'string',
      multiple: true,
      value: 'CONTROL',
      help: 'run only this control; repeatable',
    },
    except: {
      type: 'string',
      multiple: true,
      value: 'CONTROL',
      help: 'skip this control; repeatable',
    },
    ...machineOption('auto'),
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  examples: [
    ['npm run test:controls', 'all controls of the lab box'],
    ['npm run test:controls -- lab --only grant-process-missing', 'one control'],
  ],
}

const choose = (
  controls: readonly Control[],
  only: readonly string[] = [],
  except: readonly string[] = [],
): Control[] => {
  const unknown = [...only, ...except].find((name) => !controls.some((control) => control.name === name))
  if (unknown === undefined)
    return controls.filter(({ name }) => (only.length === 0 || only.includes(name)) && !except.includes(name))
  throw new BoxhoundError('E_UNKNOWN_CONTROL', `no control "${unknown}" for this box`, {
    exitCode: 2,
    expected: `one of ${controls.map(({ name }) => name).join(', ')}`,
    found: unknown,
  })
}

/** `npm run test:controls`: 0 when each control made exactly the expected checks fail. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const box = await loadBox(chosenBox(parsed.positional, project), project)
  const published = await readPublished(box.name, project)
  const { expectations } = published
  const known = await readControls(box, project)
  const bare = uncontrolled(known, expectations)
  if (bare.length > 0) {
    throw new BoxhoundError('E_UNCONTROLLED', 'checks without a negative control', {
      expected:
        'a script in suite/controls, or in controls/ of the folder of a database, app or check, that turns it red, for every check',
      found: bare.join(', '),
    })
  }
  const controls = choose(controlsFor(known, expectations), parsed.lists.only, parsed.lists.except)
  const quiet = parsed.flags.json === true
  const paint = paintFor(process.stdout, process.env)
  const results = await runControls(
    published,
    controls,
    {
      environment: process.env,
      machine: machineChoice(parsed.values.machine, 'auto'),
      onNote: (text) => (quiet ? console.error(text) : console.log(paint('dim', text))),
      onResult: (result) => (quiet ? undefined : console.log(formatControl(result, paint))),
    },
    project,
  )
  if (quiet)
    console.log(
      JSON.stringify(results.map(({ control: { script: _, ...control }, ...rest }) => ({ ...control, ...rest }))),
    )
  else console.log(`\n${formatControls(results, allIds(expectations), paint)}`)
  return results.every(isRight) ? 0 : 1
}
