// Ids of all checks.

import type { Expectations } from '../render/rendered-box.ts'
import { type AgentId, agentChecks } from './ids-agent.ts'

interface Row {
  readonly title: string
  /** The parts that a box must have for this check. */
  readonly needs?: readonly ('database' | 'app' | 'container')[]
}

// Ids are defined only in these two tables: the suite must have a check for each key, or it does not compile.
const first = {
  'first-boot': { title: 'First boot completed every step' },
  'agent.running': { title: 'The Agent runs as dd-agent and responds' },
  'agent.version': { title: 'The Agent runs the pinned version, and its package is held' },
  'agent.tags': { title: 'The running Agent sends the box’s host tags' },
  'agent.unkeyed': { title: 'No API key other than this instance’s own' },
  'agent.container': {
    title: 'The Agent’s container runs the pinned image with its mounts and address, and shows no key',
    needs: ['container'],
  },
  'containers.seen': { title: 'The Agent reports the box’s containers with their tags', needs: ['container'] },
} as const satisfies Record<string, Row>

/** These come after the checks of the Agent, whose names depend on the box. */
const later = {
  'database.running': { title: 'The database runs and accepts the Agent’s user', needs: ['database'] },
  'database.grants': { title: 'The Agent’s database user has the rights it needs, and no others', needs: ['database'] },
  'database.logs': {
    title: 'dd-agent can read the database’s logs, even after rotation, and the Agent tails them',
    needs: ['database'],
  },
  'database.access': {
    title: 'The database admits the Agent’s container, and no other address of the bridge or beyond it',
    needs: ['database', 'container'],
  },
  'app.routes': { title: 'The app’s routes respond as expected', needs: ['app'] },
  'app.traces': { title: 'Each route’s trace arrives, and the log has its id', needs: ['app'] },
  'app.logs': { title: 'The app’s log is JSON with trace ids, and the Agent tails it', needs: ['app'] },
  'image.identity': { title: 'This instance’s identity was created on it, not baked into the image' },
  'image.secrets': { title: 'No secrets and no traces of the build' },
  'image.users': { title: 'Only root can log in, and only with the caller’s key' },
  'image.units': { title: 'The box’s units are enabled, and no unit has failed' },
  'image.kernel': { title: 'The image’s own kernel runs, with its initramfs and modules' },
} as const satisfies Record<string, Row>

export type FixedId = keyof typeof first | AgentId | keyof typeof later
/** Each Agent check has two: that it works, and that the Agent runs it at its interval. Each log source, assertion and test has one. */
export type CheckId = FixedId | `check.${string}` | `logs.${string}` | `expect.${string}` | `test.${string}`

/** A check that is planned for a box. */
export interface PlannedCheck {
  readonly id: CheckId
  readonly title: string
}

export const checkId = (name: string): CheckId => `check.${name}`
export const expectId = (name: string): CheckId => `expect.${name}`
/** Whether an id is an assertion or a test of the user's. */
export const isOfUser = (id: string): boolean => /^(?:expect|test)\./.test(id)
export const testId = (file: string, name: string): CheckId => `test.${file}.${name}`
export const intervalId = (name: string): CheckId => `check.${name}.interval`
/** Of a log source of the box's own. */
export const logId = (name: string): CheckId => `logs.${name}`
/** Of a check that the box switches off. */
export const offId = (name: string): CheckId => `check.${name}.off`

const rows = (table: Partial<Record<FixedId, Row>>, expectations: Expectations): PlannedCheck[] =>
  (Object.entries(table) as [FixedId, Row][])
    .filter(([, { needs = [] }]) => needs.every((part) => expectations[part] !== null))
    .map(([id, { title }]) => ({ id, title }))

/**
 * All checks for a box with these expectations, in order. Checks for parts that the box doesn't have are not planned.
 */
export const allChecks = (expectations: Expectations): PlannedCheck[] => [
  ...rows(first, expectations),
  ...agentChecks(expectations),
  ...expectations.checks.flatMap(({ name, interval, intervals = [interval] }) => [
    { id: checkId(name), title: `The ${name} check works` },
    { id: intervalId(name), title: `The Agent runs ${name} every ${[...new Set(intervals)].join(', ')} s` },
  ]),
  ...(expectations.idle ?? []).map((name) => ({ id: offId(name), title: `The Agent does not run ${name}` })),
  ...(expectations.logs ?? []).map(({ name }) => ({
    id: logId(name),
    title: `Lines of the log source ${name} arrive`,
  })),
  ...rows(later, expectations),
  ...(expectations.expect ?? []).map(({ name, title }) => ({ id: expectId(name), title })),
  ...(expectations.tests ?? []).flatMap(({ file, names }) =>
    names.map((name) => ({ id: testId(file, name), title: `${file}: ${name}` })),
  ),
]
