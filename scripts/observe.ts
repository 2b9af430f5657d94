import { type Command, parseCommand, splitAction } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { fromCaller } from './lib/box/caller.ts'
import { chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'
import { withLock } from './lib/cache/lock.ts'
import { apply, destroy, importing, plan, type Run, show } from './lib/observe/actions.ts'
import { importRequest } from './lib/observe/import.ts'
import { printable, printableError } from './lib/observe/printable.ts'
import { type StandIn, withAccount } from './lib/observe/session.ts'
import { paintFor } from './lib/report/terminal.ts'

const command: Command = {
  verb: 'observe',
  summary:
    'The account side of a box: dashboard, monitors and downtimes, from the files in observe/ and beside checks, database and app.\n' +
    'plan shows what would change, apply changes it, destroy removes only what boxhound made, show renders the dashboard as a page,\n' +
    'import KIND ID adopts a dashboard, monitor or downtime that was made by hand: it writes its file and marks it as managed.\n' +
    'Keys come from DD_API_KEY and DD_APP_KEY, the site from DD_SITE, else from the box file.',
  positional: {
    name: 'plan|apply|destroy|show BOX',
    help: 'what to do, and a box (default: lab, or the only one); import KIND ID BOX',
    multiple: true,
  },
  words: 'plan|apply|destroy|show [BOX] | import dashboard|monitor|downtime ID [BOX]',
  most: 3,
  options: {
    lab: {
      type: 'boolean',
      help: 'plan, apply, destroy, import: use a simulated account, no keys needed; stored in out/BOX/account.json',
    },
    'detailed-exitcode': { type: 'boolean', help: 'plan: exit code 4 when something would change' },
    yes: { type: 'boolean', help: 'destroy: do not ask' },
    as: { type: 'string', value: 'NAME', help: 'import: name of the file (default: derived from the title)' },
    out: { type: 'string', value: 'FILE', help: 'show: where the page is written (default: out/BOX/observe.html)' },
    recorded: { type: 'boolean', help: 'show: with what a machine sent in the last verify --wire or traffic --wire' },
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  examples: [
    ['npm run observe -- plan lab --lab', 'what would be created, in the simulated account'],
    [
      'DD_API_KEY=… DD_APP_KEY=… npm run observe -- plan ubuntu',
      'the same in your account: a diff, and a week of downtimes as a calendar',
    ],
    ['npm run observe -- apply ubuntu', 'applies it; a second run changes nothing'],
    ['npm run observe -- show lab', 'a page that shows what the dashboard looks like'],
  ],
}

const actions = ['plan', 'apply', 'destroy', 'show', 'import'] as const
type Action = (typeof actions)[number]

const actionOf = (word: string | undefined): Action => {
  const action = actions.find((one) => one === word)
  if (action !== undefined) return action
  const message = word === undefined ? 'observe needs an action' : `observe has no "${word}"`
  throw new BoxhoundError('E_USAGE', message, {
    expected: `one of ${actions.join(', ')}`,
    found: word ?? 'nothing',
    next: 'npm run observe -- --help',
    exitCode: 2,
  })
}

/** Options that not every action takes. */
const takers: Readonly<Record<string, readonly Action[]>> = {
  lab: ['plan', 'apply', 'destroy', 'import'],
  'detailed-exitcode': ['plan'],
  yes: ['destroy'],
  as: ['import'],
  out: ['show'],
  recorded: ['show'],
}

const wordError = (found: string): BoxhoundError =>
  new BoxhoundError('E_USAGE', 'too many arguments', {
    found,
    exitCode: 2,
    next: 'npm run observe -- --help',
  })

/** An option that belongs to another action would otherwise be ignored silently. */
const assertTaken = (action: Action, options: readonly string[]): void => {
  const option = options.find((one) => takers[one]?.includes(action) === false)
  if (option === undefined) return
  throw new BoxhoundError('E_USAGE', `${action} takes no --${option}`, {
    expected: `--${option} with ${takers[option]?.join(', ')}`,
    found: `--${option} with ${action}`,
    next: 'npm run observe -- --help',
    exitCode: 2,
  })
}

/** Loaded when it is asked for alone. */
const labAccount: StandIn = async (stateFile, work) =>
  (await import('../lab/account/open.ts')).withLabAccount(stateFile, work)

/** `npm run observe`: 0 when done, 4 for `plan --detailed-exitcode` with changes. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const { action: word, rest } = splitAction(argv)
  const parsed = parseCommand(rest, command, argv)
  if (parsed === undefined) return 0
  const action = actionOf(word)
  const { flags, values, positionals } = parsed
  const [positional, extra] = action === 'import' ? positionals.slice(2) : positionals
  if (extra !== undefined) throw wordError(extra)
  assertTaken(action, Object.keys({ ...flags, ...values }))
  const box = await loadBox(chosenBox(positional, project), project)
  const json = flags.json === true
  const run: Run = {
    box,
    project,
    flags,
    now: new Date(),
    paint: paintFor(process.stdout, process.env),
    width: process.stdout.columns ?? 80,
    say: (text) => (json ? undefined : console.log(text)),
  }
  if (action === 'show') return show(run, values.out === undefined ? undefined : fromCaller(values.out))
  const work = action === 'import' ? importing(importRequest(positionals, values.as)) : { plan, apply, destroy }[action]
  return withLock(`observe-${box.name}`, 'observe', project, () =>
    withAccount(
      box,
      {
        standIn: flags.lab === true ? labAccount : null,
        environment: process.env,
        tell: (line) => console.error(printable(line)),
      },
      project,
      (gateway, where) => work(run, gateway, where),
    ),
  ).catch((error: unknown) => {
    throw printableError(error)
  })
}
