import { createInterface } from 'node:readline/promises'
import { type Command, type Parsed, parseCommand, splitAction } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import { type Project, projectAt, shown } from './lib/_helpers/paths.ts'
import { fromCaller } from './lib/box/caller.ts'
import { loadBox } from './lib/box/load.ts'
import type { Box } from './lib/box/types.ts'
import { withLock } from './lib/cache/lock.ts'
import type { Gateway } from './lib/observe/account/gateway.ts'
import { applyPlan } from './lib/observe/apply.ts'
import type { Judgement } from './lib/observe/calendar/judge.ts'
import { changeDocument, planDocument } from './lib/observe/document.ts'
import { type AccountPlan, hasChanges, planFor } from './lib/observe/plan.ts'
import { writePreview } from './lib/observe/preview.ts'
import { withAccount } from './lib/observe/session.ts'
import { assertNoGap, judgeSilence } from './lib/observe/silence.ts'
import { calendarText, countText, doneLine, planText } from './lib/observe/terminal.ts'
import { type Paint, paintFor } from './lib/report/terminal.ts'

const command: Command = {
  verb: 'observe',
  summary:
    'The account side of a box: dashboard, monitors and downtimes, from the files in observe/ and beside checks, database and app.\n' +
    'plan shows what would change, apply changes it, destroy removes what is ours and nothing else, show draws the dashboard as a page.\n' +
    'Keys come from DD_API_KEY and DD_APP_KEY, the site from DD_SITE, else from the box file.',
  positional: { name: 'plan|apply|destroy|show BOX', help: 'what to do, and a box (default: lab)' },
  options: {
    lab: { type: 'boolean', help: 'an account on this machine, without keys; it is kept in out/BOX/account.json' },
    'detailed-exitcode': { type: 'boolean', help: 'plan: exit code 4 when something would change' },
    yes: { type: 'boolean', help: 'destroy: without asking' },
    out: { type: 'string', value: 'FILE', help: 'show: where the page is written (default: out/BOX/observe.html)' },
    recorded: { type: 'boolean', help: 'show: with what a machine sent in its last verify --wire' },
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  examples: [
    ['npm run observe -- plan lab --lab', 'what would be made, in an account of the lab'],
    [
      'DD_API_KEY=… DD_APP_KEY=… npm run observe -- plan ubuntu',
      'the same in yours: a diff, and a calendar week of the downtimes',
    ],
    ['npm run observe -- apply ubuntu', 'makes it so; a second time there is nothing to do'],
    ['npm run observe -- show lab', 'a page that shows what the dashboard looks like'],
  ],
}

const actions = ['plan', 'apply', 'destroy', 'show'] as const
type Action = (typeof actions)[number]

const usage = (message: string, expected: string, found: string, next = 'npm run observe -- --help'): BoxhoundError =>
  new BoxhoundError('E_USAGE', message, { exitCode: 2, expected, found, next })

const actionOf = (word: string | undefined): Action => {
  const action = actions.find((one) => one === word)
  if (action !== undefined) return action
  const message = word === undefined ? 'observe needs to know what to do' : `observe has no "${word}"`
  throw usage(message, `one of ${actions.join(', ')}`, word ?? 'nothing')
}

/** What one run works with. */
interface Run {
  readonly box: Box
  readonly project: Project
  readonly flags: Parsed['flags']
  readonly now: Date
  readonly paint: Paint
  /** Prints for a reader; silent with --json. */
  readonly say: (text: string) => void
}

interface Planned {
  readonly plan: AccountPlan
  readonly judgement: Judgement | null
}

const planAndTell = async (run: Run, gateway: Gateway, where: string, destroy: boolean): Promise<Planned> => {
  const { box, project, now, paint, say } = run
  const plan = await planFor(box, gateway, { now, destroy }, project)
  const judgement = judgeSilence(plan.wanted, now)
  const { timezone = '' } = plan.wanted.calendar ?? {}
  say(`${paint('bold', box.name)} in ${where}\n`)
  say(planText(plan, paint))
  if (judgement !== null) say(`\n${calendarText(judgement, timezone, paint, paint('red', '') !== '')}`)
  say(`\n${hasChanges(plan) ? countText(plan.changes) : 'Nothing to do: the account holds what the files say'}`)
  return { plan, judgement }
}

const carryOut = async (
  { box, flags, paint, say }: Run,
  gateway: Gateway,
  { plan }: Planned,
  where: string,
): Promise<void> => {
  if (hasChanges(plan)) say('')
  const done = await applyPlan(plan, gateway, ({ change, id }) => say(doneLine(change, id, paint)))
  if (flags.json === true)
    console.log(
      JSON.stringify({
        box: box.name,
        account: where,
        done: done.map(({ change, id }) => ({ ...changeDocument(change), id })),
      }),
    )
  else if (done.length > 0) say(paint('green', `Done: ${done.length} ${done.length === 1 ? 'change' : 'changes'}`))
}

/** Asks on a terminal; elsewhere only --yes will do. */
const isAgreed = async ({ box, flags }: Run, count: string, where: string): Promise<boolean> => {
  if (flags.yes === true) return true
  if (!process.stdin.isTTY || flags.json === true)
    throw usage(
      'destroy asks on a terminal, and this is none',
      '--yes',
      'no --yes',
      `npm run observe -- destroy ${box.name} --yes`,
    )
  process.stderr.write(`\nRemove this from ${where}: ${count}? Type the name of the box to go on: `)
  // Not as a terminal: Ctrl-C stays a signal then, and is handled as in any other moment. An end of input agrees to nothing.
  const reader = createInterface({ input: process.stdin, terminal: false })
  for await (const line of reader) {
    reader.close()
    return line.trim() === box.name
  }
  return false
}

/** Exit code of `plan --detailed-exitcode` when something would change: 1 and 2 mean something else everywhere. */
const changesExitCode = 4

const planOnly = async (run: Run, gateway: Gateway, where: string): Promise<number> => {
  const { plan, judgement } = await planAndTell(run, gateway, where, false)
  if (run.flags.json === true) console.log(JSON.stringify(planDocument(plan, where, judgement)))
  else if (hasChanges(plan))
    run.say(run.paint('dim', `next: npm run observe -- apply ${run.box.name}${run.flags.lab === true ? ' --lab' : ''}`))
  return run.flags['detailed-exitcode'] === true && hasChanges(plan) ? changesExitCode : 0
}

const apply = async (run: Run, gateway: Gateway, where: string): Promise<number> => {
  const planned = await planAndTell(run, gateway, where, false)
  assertNoGap(planned.judgement)
  await carryOut(run, gateway, planned, where)
  return 0
}

const destroy = async (run: Run, gateway: Gateway, where: string): Promise<number> => {
  const planned = await planAndTell(run, gateway, where, true)
  if (hasChanges(planned.plan) && !(await isAgreed(run, countText(planned.plan.changes), where))) {
    run.say('Nothing was removed')
    return 1
  }
  await carryOut(run, gateway, planned, where)
  return 0
}

const show = async ({ box, project, flags, now, say }: Run, out: string | undefined): Promise<number> => {
  const file = await writePreview(box, project, { now, out, recorded: flags.recorded === true })
  if (flags.json === true) console.log(JSON.stringify({ box: box.name, file }))
  else say(`${shown(file)} shows the dashboard, the monitors and the downtimes of ${box.name}`)
  return 0
}

/** `npm run observe`: 0 when done, 4 for `plan --detailed-exitcode` with changes. */
export const main = async (argv: string[]): Promise<number> => {
  const { action: word, rest } = splitAction(argv)
  const parsed = parseCommand(rest, command)
  if (parsed === undefined) return 0
  const action = actionOf(word)
  const { flags, values, positional = 'lab' } = parsed
  const project = projectAt(process.cwd())
  const box = await loadBox(positional, project)
  const json = flags.json === true
  const run: Run = {
    ...{ box, project, flags, now: new Date() },
    paint: paintFor(process.stdout, process.env),
    say: (text) => (json ? undefined : console.log(text)),
  }
  if (action === 'show') return show(run, values.out === undefined ? undefined : fromCaller(values.out))
  const work = { plan: planOnly, apply, destroy }[action]
  return withLock(project, `observe-${box.name}`, 'observe', () =>
    withAccount(
      box,
      { lab: flags.lab === true, environment: process.env, tell: (line) => console.error(line) },
      project,
      (gateway, where) => work(run, gateway, where),
    ),
  )
}
