import type { Inspection, Trial } from '../../../scripts/lib/box/engine.ts'
import type { DatabaseExpectation } from '../../../scripts/lib/render/rendered-box.ts'
import type { BoxCheck } from '../check.ts'
import { asAgentUser, databaseOf, type StatementResult } from '../database.ts'
import type { Guest } from '../guest.ts'
import { compareRights, parseRights } from '../rights.ts'
import { judge, type Verdict } from '../verdict.ts'

/** The parts of an engine's database.yaml that this check uses. */
type Wanted = Pick<DatabaseExpectation, 'rights' | 'cap' | 'trials' | 'inspections'>

/** What a command printed when run as root in the guest, or why it printed nothing useful. */
export interface Inspected {
  readonly inspection: Inspection
  readonly output: string
}

/** Judges what the account can and cannot do, by trying it, and that it has exactly the rights it needs. */
export const judgeGrants = (
  { rights, cap, trials }: Wanted,
  run: ReadonlyMap<string, StatementResult>,
  inspected: readonly Inspected[] = [],
): Verdict => {
  const ok = ({ any }: Trial): boolean => any.some((statement) => run.get(statement)?.ok === true)
  const reason = ({ any: [first = ''] }: Trial): string => run.get(first)?.error ?? 'not run'
  const granted = run.get(rights.statement)
  const found = parseRights(granted?.rows ?? [], rights)
  const limit = cap === undefined ? undefined : run.get(cap.statement)?.rows[0]
  const capped = (value: unknown): string => (cap === undefined ? '' : `; at most ${value} connections`)
  return judge(`exactly ${rights.exactly.join(', ')}${capped(cap?.value)}`, `${found.join(', ')}${capped(limit)}`, [
    ...(granted?.ok ? compareRights(rights.exactly, found) : [`${rights.statement}: ${granted?.error ?? 'not run'}`]),
    ...trials.allowed.filter((trial) => !ok(trial)).map((trial) => `cannot ${trial.what}: ${reason(trial)}`),
    ...trials.refused.filter(ok).map(({ what }) => `can ${what}`),
    ...(cap === undefined || limit === String(cap.value)
      ? []
      : [`may open ${limit ?? '?'} connections, not ${cap.value}`]),
    ...inspected
      .filter(({ inspection, output }) => output !== inspection.output)
      .map(({ inspection: { what, output: wanted }, output }) => `${what}: ${output}, not ${wanted}`),
  ])
}

/** All statements, for one session. A refused trial's clean-up comes right after it. */
export const statementsOf = ({ rights, cap, trials }: Wanted): string[] => [
  ...new Set([
    rights.statement,
    ...(cap === undefined ? [] : [cap.statement]),
    ...[...trials.allowed, ...trials.refused].flatMap(({ any, after }) => [
      ...any,
      ...(after === undefined ? [] : [after]),
    ]),
  ]),
]

const inspect = async (guest: Guest, inspection: Inspection): Promise<Inspected> => {
  const { code, stdout, stderr } = await guest.run(inspection.command)
  return { inspection, output: code === 0 ? stdout.trim() : `exit status ${code}: ${stderr.trim()}` }
}

export const check: BoxCheck = {
  lane: 'database',
  run: async (guest) => {
    const database = databaseOf(guest)
    const statements = statementsOf(database)
    const [results, inspected] = await Promise.all([
      asAgentUser(guest, statements),
      Promise.all(database.inspections.map((inspection) => inspect(guest, inspection))),
    ])
    const run = new Map(statements.flatMap((text, index) => (results[index] ? [[text, results[index]]] : [])))
    return judgeGrants(database, run, inspected)
  },
}
