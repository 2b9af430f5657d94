// Plan, apply, destroy and show, for a terminal.

import { createInterface } from 'node:readline'
import { BoxhoundError } from '../_helpers/errors.ts'
import { formatCount } from '../_helpers/format.ts'
import { type Project, shown } from '../_helpers/paths.ts'
import { asTyped } from '../_helpers/typed.ts'
import type { Box } from '../box/box.ts'
import type { Paint } from '../report/terminal.ts'
import type { Gateway } from './account/gateway.ts'
import { applyPlan } from './apply.ts'
import type { Judgement } from './calendar/judge.ts'
import { beginsAnew, type Change } from './changes.ts'
import { changeDocument, planDocument } from './document.ts'
import { type ImportRequest, importResource } from './import.ts'
import { type AccountPlan, countsOf, hasChanges, planFor } from './plan.ts'
import { writePreview } from './preview.ts'
import { assertNoGap, judgeSilence } from './silence.ts'
import { calendarText, countText, doneLine, planText, warningText } from './terminal.ts'

/** The context of one run. */
export interface Run {
  readonly box: Box
  readonly project: Project
  readonly flags: Readonly<Record<string, boolean>>
  readonly now: Date
  readonly paint: Paint
  /** Width of the terminal in columns. */
  readonly width: number
  /** Prints for a reader; silent with --json. */
  readonly say: (text: string) => void
}

interface Planned {
  readonly plan: AccountPlan
  readonly judgement: Judgement | null
}

/** Whether the silent hours change; only then is a calendar of interest. */
const changesHours = (change: Change): boolean =>
  beginsAnew(change) || (change.kind === 'downtime' && change.action === 'remove')

const planAndTell = async (run: Run, gateway: Gateway, where: string, destroy: boolean): Promise<Planned> => {
  const { box, project, now, paint, width, say } = run
  const plan = await planFor(box, gateway, { now, destroy }, project)
  const judgement = judgeSilence(plan.wanted, now, plan.changes)
  const { timezone = '' } = plan.wanted.calendar ?? {}
  say(`${paint('bold', box.name)} in ${where}\n`)
  say(planText(plan, paint, width))
  if (plan.warnings.length > 0) say(`\n${warningText(plan.warnings, paint, width)}`)
  if (judgement !== null && (judgement.gaps.length > 0 || plan.changes.some(changesHours)))
    say(`\n${calendarText(judgement, timezone, paint, { colour: paint('red', '') !== '', width })}`)
  const held = destroy ? 'nothing of this box that is ours' : 'what the files say'
  say(`\n${hasChanges(plan) ? countText(plan.changes) : `Nothing to do: the account holds ${held}`}`)
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
  else if (done.length > 0) say(paint('green', `Done: ${formatCount(done.length, 'change')}`))
}

/** The command for another action on the same box and account. */
const commandOf = ({ box, flags }: Run, action: string, ...options: readonly string[]): string =>
  asTyped(['npm run observe --', action, box.name, ...(flags.lab === true ? ['--lab'] : []), ...options].join(' '))

/** Asks on a terminal; without one, --yes is required. */
const isAgreed = async (run: Run, { changes }: AccountPlan, where: string): Promise<boolean> => {
  const { box, flags } = run
  if (flags.yes === true) return true
  const json = flags.json === true
  if (json || !process.stdin.isTTY)
    throw new BoxhoundError(
      'E_USAGE',
      json ? 'destroy cannot ask with --json' : 'destroy asks on a terminal, and this is none',
      {
        expected: '--yes',
        found: 'no --yes',
        next: commandOf(run, 'destroy', '--yes', ...(json ? ['--json'] : [])),
        exitCode: 2,
      },
    )
  const { remove } = countsOf(changes)
  process.stderr.write(
    `\nRemove ${remove === 1 ? 'this one' : `these ${remove}`} from ${where}? Type the name of the box, ${box.name}, to go on: `,
  )
  // Not in terminal mode, so that Ctrl-C stays a signal and is handled as usual. End of input means no.
  const reader = createInterface({ input: process.stdin, terminal: false })
  for await (const line of reader) {
    reader.close()
    return line.trim() === box.name
  }
  process.stderr.write('\n')
  return false
}

/** Exit code of `plan --detailed-exitcode` if something would change; 1 and 2 have other meanings everywhere. */
export const changesExitCode = 4

const gapAdvice =
  'next: let a downtime in observe/downtimes.yaml.hbs begin earlier or last longer; with this gap apply is refused'

/** Shows what would change. */
export const plan = async (run: Run, gateway: Gateway, where: string): Promise<number> => {
  const { plan: found, judgement } = await planAndTell(run, gateway, where, false)
  if (run.flags.json === true) console.log(JSON.stringify(planDocument(found, where, judgement)))
  else if (judgement !== null && judgement.gaps.length > 0) run.say(run.paint('yellow', gapAdvice))
  else if (hasChanges(found)) run.say(run.paint('dim', `next: ${commandOf(run, 'apply')}`))
  return run.flags['detailed-exitcode'] === true && hasChanges(found) ? changesExitCode : 0
}

/** Carries out the plan, unless the downtimes leave a gap. */
export const apply = async (run: Run, gateway: Gateway, where: string): Promise<number> => {
  const planned = await planAndTell(run, gateway, where, false)
  assertNoGap(planned.judgement)
  await carryOut(run, gateway, planned, where)
  return 0
}

/** Removes the box's resources; 1 if the user did not confirm. */
export const destroy = async (run: Run, gateway: Gateway, where: string): Promise<number> => {
  const planned = await planAndTell(run, gateway, where, true)
  if (hasChanges(planned.plan) && !(await isAgreed(run, planned.plan, where))) {
    run.say('Nothing was removed')
    return 1
  }
  await carryOut(run, gateway, planned, where)
  return 0
}

/** Imports a resource that was made by hand. */
export const importing =
  (request: ImportRequest) =>
  async (run: Run, gateway: Gateway, where: string): Promise<number> => {
    const { box, project, flags, now, say, paint } = run
    const { file, name } = await importResource(box, request, gateway, { now, project })
    const { kind, id } = request
    if (flags.json === true)
      console.log(JSON.stringify({ box: box.name, account: where, kind, id, name, file: shown(file) }))
    say(`${shown(file)} is the ${kind} ${id} of ${where}; ${shown(box.file)} names it ${name}`)
    say(paint('dim', `next: ${commandOf(run, 'plan')}`))
    return 0
  }

/** Draws the page without contacting an account. */
export const show = async ({ box, project, flags, now, say }: Run, out: string | undefined): Promise<number> => {
  const file = await writePreview(box, { now, out, recorded: flags.recorded === true }, project)
  if (flags.json === true) console.log(JSON.stringify({ box: box.name, file }))
  else say(`${shown(file)} shows the dashboard, the monitors and the downtimes of ${box.name}`)
  return 0
}
