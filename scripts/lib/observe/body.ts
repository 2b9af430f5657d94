// What is sent to make or change a resource.

import { isObject, listOf } from '../_helpers/json.ts'
import { bridgeRecurrence } from './calendar/bridge.ts'
import { canonical, fingerprint, type Rules, rulesOf } from './canonical.ts'
import { beginsAnew, type Change } from './changes.ts'
import { withIdentities } from './identities.ts'
import type { Json, JsonObject } from './json-object.ts'
import { mark } from './marker.ts'
import type { Resource } from './resource-kinds.ts'
import type { ServerFile } from './schema.ts'

const withValue = (object: JsonObject, [name = '', ...rest]: readonly string[], value: Json): JsonObject => {
  const inner = object[name]
  return { ...object, [name]: rest.length === 0 ? value : withValue(isObject(inner) ? inner : {}, rest, value) }
}

const isBelow = (path: string, places: readonly string[]): boolean =>
  places.some((place) => path.startsWith(`${place}.`))

/** Fields that somebody set by hand and the files say nothing of get their usual value, where an update would leave alone what it doesn't name. */
const withDefaults = (wire: JsonObject, { fields }: Change, rules: Rules): JsonObject =>
  rules.strict
    ? wire
    : fields
        .filter(({ path, to }) => to === undefined && path in rules.defaults && !isBelow(path, rules.replaced))
        .reduce((whole, { path }) => withValue(whole, path.split('.'), rules.defaults[path] ?? null), wire)

/** What is not ours to judge is sent back as the account has it, where an update would take it away. */
const withKept = (wire: JsonObject, { kept }: Pick<Change, 'kept'>): JsonObject =>
  kept.reduce((whole, { path, value }) => withValue(whole, path.split('.'), value), wire)

const withWidgetIds = (wire: JsonObject, { kind, wanted, live }: Change, rules: Rules): JsonObject =>
  kind !== 'dashboard' || wanted === null || live === null
    ? wire
    : withIdentities(wire, live.wire, {
        wantedForm: canonical(kind, wanted.wire, rules),
        liveForm: canonical(kind, live.wire, rules),
      })

/** A downtime whose rules stay is not told them again: they would begin at another date, which would end what is silent now. */
const withoutSameSchedule = (wire: JsonObject, change: Change): JsonObject => {
  if (change.kind !== 'downtime' || beginsAnew(change)) return wire
  const { schedule: _, ...rest } = wire
  return rest
}

/** What is silent at once, as one more recurrence. */
const withBridge = (wire: JsonObject, { bridge }: Change): JsonObject => {
  const { schedule } = wire
  if (bridge === null || !isObject(schedule)) return wire
  return {
    ...wire,
    schedule: { ...schedule, recurrences: [...listOf(schedule.recurrences), bridgeRecurrence(bridge)] },
  }
}

/** Of what is made anew, people keep what has nothing to do with its kind. */
const madeAnew = (wire: JsonObject, change: Change): JsonObject =>
  withBridge(withKept(wire, { kept: change.kept.filter(({ path }) => !path.includes('.')) }), change)

const updated = (wire: JsonObject, change: Change, rules: Rules): JsonObject => {
  const known = withWidgetIds(wire, change, rules)
  return withoutSameSchedule(withKept(withDefaults(known, change, rules), change), change)
}

/**
 * What is sent to make or change a resource: as the files want it, with its marker, and with what an update must say besides.
 *
 * @param box its name.
 */
export const bodyOf = (wanted: Resource, change: Change, box: string, server: ServerFile): JsonObject => {
  const rules = rulesOf(server, wanted.kind)
  const applied = fingerprint(wanted.kind, wanted.wire, rules)
  const marked = mark(wanted.kind, wanted.wire, { box, name: wanted.name, applied })
  return change.action === 'change' ? updated(marked, change, rules) : madeAnew(marked, change)
}
