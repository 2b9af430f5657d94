import { BoxhoundError } from '../_helpers/errors.ts'
import type { Gateway } from './account/gateway.ts'
import { fingerprint, type Rules, rulesOf } from './canonical.ts'
import { type Change, isChange } from './changes.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { mark } from './marker.ts'
import type { AccountPlan } from './plan.ts'
import type { Resource } from './types.ts'

/** Removals come last: while something goes wrong before them, nothing is missing. */
const order: readonly Change['action'][] = ['add', 'change', 'remove']

const inOrder = (changes: readonly Change[]): Change[] =>
  order.flatMap((action) => changes.filter((one) => isChange(one) && one.action === action))

const withValue = (object: JsonObject, [name = '', ...rest]: readonly string[], value: Json): JsonObject => {
  const inner = object[name]
  return { ...object, [name]: rest.length === 0 ? value : withValue(isObject(inner) ? inner : {}, rest, value) }
}

/** Fields that somebody set by hand and the files say nothing of get their usual value: an update leaves alone what it doesn't name. */
const withDefaults = (wire: JsonObject, { fields }: Change, rules: Rules): JsonObject =>
  fields
    .filter(({ path, to }) => to === undefined && path in rules.defaults)
    .reduce((whole, { path }) => withValue(whole, path.split('.'), rules.defaults[path] ?? null), wire)

/** A downtime whose rules stay is not told them again: they would begin at another date, which would end what is silent now. */
const withoutSameSchedule = (wire: JsonObject, { kind, fields }: Change): JsonObject => {
  if (kind !== 'downtime' || fields.some(({ path }) => path.startsWith('schedule'))) return wire
  const { schedule: _, ...rest } = wire
  return rest
}

/** What is sent: the resource with its marker. */
const wireOf = (wanted: Resource, change: Change, { box, server }: AccountPlan): JsonObject => {
  const rules = rulesOf(server, wanted.kind)
  const applied = fingerprint(wanted.kind, wanted.wire, rules)
  const marked = mark(wanted.kind, wanted.wire, { box: box.name, name: wanted.name, applied })
  if (change.live === null) return marked
  return withoutSameSchedule(withDefaults(marked, change, rules), change)
}

const carryOut = async (change: Change, plan: AccountPlan, gateway: Gateway): Promise<string> => {
  const { action, kind, id, wanted } = change
  if (action === 'remove' && id !== null) await gateway.remove(kind, id)
  else if (action === 'add' && wanted !== null) return gateway.create(kind, wireOf(wanted, change, plan))
  else if (action === 'change' && wanted !== null && id !== null)
    await gateway.update(kind, id, wireOf(wanted, change, plan))
  return id ?? ''
}

export interface Done {
  readonly change: Change
  /** The account's id of what was made, changed or removed. */
  readonly id: string
}

const labelOf = ({ action, kind, name }: Change): string => `${action} ${kind} ${name}`

/**
 * Carries out a plan, one change after another; removals last.
 *
 * @param onDone told after each.
 * @throws BoxhoundError E_OBSERVE_APPLY, which tells what was done and what was not; the next run finishes. A signal ends it between two changes.
 */
export const applyPlan = async (
  plan: AccountPlan,
  gateway: Gateway,
  onDone: (done: Done) => void,
): Promise<readonly Done[]> => {
  const changes = inOrder(plan.changes)
  const done: Done[] = []
  for (const change of changes) {
    try {
      const id = await carryOut(change, plan, gateway)
      done.push({ change, id })
      onDone({ change, id })
    } catch (cause) {
      if (!(cause instanceof BoxhoundError) || cause.code === 'E_INTERRUPTED') throw cause
      const left = changes.slice(done.length).map(labelOf)
      throw new BoxhoundError('E_OBSERVE_APPLY', `${labelOf(change)}: ${cause.message}`, {
        ...(change.wanted === null ? {} : { file: change.wanted.source }),
        ...(cause.details.expected === undefined ? {} : { expected: cause.details.expected }),
        found: `${cause.details.found ?? cause.code}\n  done:     ${done.map(({ change }) => labelOf(change)).join(', ') || 'nothing'}\n  not done: ${left.join(', ')}`,
        next: `${cause.details.next ?? 'mend what is told above'}; then run it again: it finds what was done and finishes`,
        cause,
      })
    }
  }
  return done
}
