// The request body for creating or changing a resource.

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

/**
 * Resets fields that somebody has set by hand and the files don't mention, where an update would keep whatever it
 * doesn't include.
 */
const withDefaults = (wire: JsonObject, { fields }: Change, rules: Rules): JsonObject =>
  rules.strict
    ? wire
    : fields
        .filter(({ path, to }) => to === undefined && path in rules.defaults && !isBelow(path, rules.replaced))
        .reduce((whole, { path }) => withValue(whole, path.split('.'), rules.defaults[path] ?? null), wire)

/** Sends back fields that the files don't control, where an update would otherwise remove them. */
const withKept = (wire: JsonObject, { kept }: Pick<Change, 'kept'>): JsonObject =>
  kept.reduce((whole, { path, value }) => withValue(whole, path.split('.'), value), wire)

const withWidgetIds = (wire: JsonObject, { kind, wanted, live }: Change, rules: Rules): JsonObject =>
  kind !== 'dashboard' || wanted === null || live === null
    ? wire
    : withIdentities(wire, live.wire, {
        wantedForm: canonical(kind, wanted.wire, rules),
        liveForm: canonical(kind, live.wire, rules),
      })

/**
 * Leaves out a schedule whose rules are unchanged. Sending it would move its start date, and end what is silent now.
 */
const withoutSameSchedule = (wire: JsonObject, change: Change): JsonObject => {
  if (change.kind !== 'downtime' || beginsAnew(change)) return wire
  const { schedule: _, ...rest } = wire
  return rest
}

/** Adds the hours that are silent at once as another recurrence. */
const withBridge = (wire: JsonObject, { bridge }: Change): JsonObject => {
  const { schedule } = wire
  if (bridge === null || !isObject(schedule)) return wire
  return {
    ...wire,
    schedule: { ...schedule, recurrences: [...listOf(schedule.recurrences), bridgeRecurrence(bridge)] },
  }
}

/** When a resource is recreated, keeps people's settings that don't depend on its type. */
const madeAnew = (wire: JsonObject, change: Change): JsonObject =>
  withBridge(withKept(wire, { kept: change.kept.filter(({ path }) => !path.includes('.')) }), change)

const updated = (wire: JsonObject, change: Change, rules: Rules): JsonObject => {
  const known = withWidgetIds(wire, change, rules)
  return withoutSameSchedule(withKept(withDefaults(known, change, rules), change), change)
}

/**
 * The request body for creating or changing a resource: what the files want, with the marker, plus whatever an update
 * must repeat.
 *
 * @param box its name.
 */
export const bodyOf = (wanted: Resource, change: Change, box: string, server: ServerFile): JsonObject => {
  const rules = rulesOf(server, wanted.kind)
  const applied = fingerprint(wanted.kind, wanted.wire, rules)
  const marked = mark(wanted.kind, wanted.wire, { box, name: wanted.name, applied })
  return change.action === 'change' ? updated(marked, change, rules) : madeAnew(marked, change)
}
