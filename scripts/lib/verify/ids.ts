// Ids of all checks.

import type { Expectations } from '../render/rendered-box.ts'

interface Row {
  readonly title: string
  /** The part that a box must have for this check. */
  readonly needs?: 'database' | 'app'
}

// Ids are defined only in these two tables: the suite must have a check for each key, or it does not compile.
const first = {
  'first-boot': { title: 'First boot is done, each of its steps' },
  'agent.running': { title: 'The Agent runs as dd-agent and answers' },
  'agent.version': { title: 'The Agent has the pinned version, held' },
  'agent.tags': { title: 'The running Agent sends the box’s host tags' },
  'agent.unkeyed': { title: 'No key but the one of this instance' },
} as const satisfies Record<string, Row>

/** These come after the checks of the Agent, whose names depend on the box. */
const later = {
  'database.running': { title: 'The database runs and lets the Agent’s user in', needs: 'database' },
  'database.grants': { title: 'The Agent’s database user can do what it must, and no more', needs: 'database' },
  'database.logs': {
    title: 'dd-agent reads the database’s logs, also after a rotation, and the Agent follows them',
    needs: 'database',
  },
  'app.routes': { title: 'The app answers on its routes', needs: 'app' },
  'app.traces': { title: 'Each route’s trace arrives, and its id stands in the log', needs: 'app' },
  'app.logs': { title: 'The app’s log is JSON with trace ids, and the Agent follows it', needs: 'app' },
  'image.identity': { title: 'What tells this instance from a clone was made on it' },
  'image.secrets': { title: 'No secret and no trace of the build' },
  'image.users': { title: 'Nobody but root can log in, and only with the caller’s key' },
  'image.units': { title: 'The box’s units are enabled and none has failed' },
  'image.kernel': { title: 'The image’s own kernel runs, with its initramfs and modules' },
} as const satisfies Record<string, Row>

export type FixedId = keyof typeof first | keyof typeof later
/** Each Agent check has two: that it works, and that the Agent runs it at its interval. */
export type CheckId = FixedId | `check.${string}`

/** A check that is planned for a box. */
export interface PlannedCheck {
  readonly id: CheckId
  readonly title: string
}

export const checkId = (name: string): CheckId => `check.${name}`
export const intervalId = (name: string): CheckId => `check.${name}.interval`

const rows = (table: Partial<Record<FixedId, Row>>, expectations: Expectations): PlannedCheck[] =>
  (Object.entries(table) as [FixedId, Row][])
    .filter(([, { needs }]) => needs === undefined || expectations[needs] !== null)
    .map(([id, { title }]) => ({ id, title }))

/**
 * All checks for a box with these expectations, in order. Checks for parts that the box doesn't have are not planned.
 */
export const allChecks = (expectations: Expectations): PlannedCheck[] => [
  ...rows(first, expectations),
  ...expectations.checks.flatMap(({ name, interval, intervals = [interval] }) => [
    { id: checkId(name), title: `The check ${name} works` },
    { id: intervalId(name), title: `The Agent runs ${name} every ${[...new Set(intervals)].join(', ')} s` },
  ]),
  ...rows(later, expectations),
]
