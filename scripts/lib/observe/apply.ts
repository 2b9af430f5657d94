// Carries out a plan.

import { withoutInterruption } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Gateway } from './account/gateway.ts'
import { bodyOf } from './body.ts'
import { type Change, isChange } from './changes.ts'
import type { AccountPlan } from './plan.ts'
import { explainProtection } from './protection.ts'

/** Removals come last, so that nothing is missing if something fails before them. */
const order: readonly Change['action'][] = ['add', 'change', 'replace', 'remove']

const inOrder = (changes: readonly Change[]): Change[] =>
  order.flatMap((action) => changes.filter((one) => isChange(one) && one.action === action))

const carryOut = async (change: Change, plan: AccountPlan, gateway: Gateway): Promise<string> => {
  const { action, kind, id, wanted } = change
  if (action === 'remove' && id !== null) await gateway.remove(kind, id)
  else if (action === 'add' && wanted !== null)
    return gateway.create(kind, bodyOf(wanted, change, plan.box.name, plan.server))
  else if (action === 'change' && wanted !== null && id !== null)
    await gateway.update(kind, id, bodyOf(wanted, change, plan.box.name, plan.server))
  else if (action === 'replace' && wanted !== null && id !== null) {
    const made = await gateway.create(kind, bodyOf(wanted, change, plan.box.name, plan.server), id)
    await gateway.remove(kind, id)
    return made
  }
  return id ?? ''
}

export interface Done {
  readonly change: Change
  /** The account's id of what was created, changed or removed. */
  readonly id: string
}

interface Failure {
  readonly change: Change
  readonly cause: BoxhoundError
}

const labelOf = ({ action, kind, name }: Change): string => `${action} ${kind} ${name}`

/** The file to fix; if the account names a widget, the file that contains it. */
const fileOf = ({ change: { wanted }, cause }: Failure): string | undefined => {
  const widget = /widgets\[\d+\](?:\.\w+|\[\d+\])*/.exec(cause.details.found ?? '')?.[0]
  return (widget === undefined ? undefined : wanted?.placeOf?.(widget).source) ?? wanted?.source
}

const failureError = (
  [first, ...others]: readonly [Failure, ...Failure[]],
  changes: readonly Change[],
  done: readonly Done[],
) => {
  const { change, cause } = first
  const { file = fileOf(first), expected, found = cause.code, next = 'mend what is told above' } = cause.details
  const left = changes.filter((one) => !done.some(({ change }) => change === one)).map(labelOf)
  return new BoxhoundError('E_OBSERVE_APPLY', `${labelOf(change)}: ${cause.message}`, {
    ...(file === undefined ? {} : { file }),
    ...(expected === undefined ? {} : { expected }),
    found: [
      found,
      ...others.map((other) => `${labelOf(other.change)}: ${other.cause.details.found ?? other.cause.message}`),
      `  done:     ${done.map(({ change }) => labelOf(change)).join(', ') || 'nothing'}`,
      `  not done: ${left.join(', ')}`,
    ].join('\n'),
    next: `${next}; then run it again: it finds what was done and finishes`,
    cause,
  })
}

/** If only another resource prevents a removal, the other removals can go on. */
const mayGoOn = ({ change, cause }: Failure): boolean =>
  change.action === 'remove' && cause.code === 'E_ACCOUNT_CONFLICT'

/**
 * Carries out a plan, one change after another; removals come last.
 *
 * @param onDone called after each change.
 * @throws BoxhoundError E_OBSERVE_APPLY, which lists what was done and what was not; the next run finishes the rest. A
 *   signal stops it between two changes.
 */
export const applyPlan = async (
  plan: AccountPlan,
  gateway: Gateway,
  onDone: (done: Done) => void,
): Promise<readonly Done[]> => {
  const changes = inOrder(plan.changes)
  const done: Done[] = []
  const failures: Failure[] = []
  const one = async (change: Change): Promise<void> => {
    const id = await carryOut(change, plan, gateway)
    done.push({ change, id })
    onDone({ change, id })
  }
  for (const change of changes) {
    try {
      await withoutInterruption(() => one(change))
    } catch (error) {
      const cause = explainProtection(change, error)
      if (!(cause instanceof BoxhoundError) || cause.code === 'E_INTERRUPTED') throw cause
      failures.push({ change, cause })
      if (!mayGoOn({ change, cause })) break
    }
  }
  const [first, ...others] = failures
  if (first !== undefined) throw failureError([first, ...others], changes, done)
  return done
}
