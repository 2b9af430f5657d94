// A resource without what the server adds; its fingerprint.

import { sha256 } from '../_helpers/hash.ts'
import { isObject, listOf, textOf, withSortedKeys } from '../_helpers/json.ts'
import { isOnce } from './calendar/bridge.ts'
import { clockTime } from './calendar/days.ts'
import { formatDuration } from './calendar/duration.ts'
import { parseRecurrence } from './calendar/recurrence.ts'
import { withPlaces } from './exported.ts'
import type { Json, JsonObject } from './json-object.ts'
import { unmark } from './marker.ts'
import type { Kind } from './resource-kinds.ts'
import type { ServerFile } from './schema.ts'

/** What the server does with one kind of resources. */
export type Rules = NonNullable<ServerFile[Kind]>

/** The rules of a kind. */
export const rulesOf = (server: ServerFile, kind: Kind): Rules => {
  const rules = server[kind]
  if (rules === undefined) throw new Error(`observe/server.yaml says nothing of ${kind}`)
  return rules
}

const isEmpty = (value: Json): boolean =>
  value === null ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0)

/** Whether two values are one, whatever the order of their names. */
export const equal = (a: Json, b: Json): boolean =>
  JSON.stringify(withSortedKeys(a)) === JSON.stringify(withSortedKeys(b))

const setOf = (list: readonly Json[]): Json[] =>
  [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

/** Whether a value says no more than its absence. */
export const isUsual = (value: Json, path: string, { defaults }: Rules): boolean => {
  const usual = defaults[path]
  return isEmpty(value) || (usual !== undefined && equal(value, usual))
}

const reduce = (value: Json, path: string, rules: Rules): Json => {
  if (Array.isArray(value)) {
    const list = value.map((item) => reduce(item, `${path}.*`, rules))
    return rules.sets.includes(path) ? setOf(list) : list
  }
  if (typeof value === 'string' && rules.trimmed.includes(path)) return value.trim()
  if (!isObject(value))
    return rules.same.find((one) => one.path === path && one.values.includes(String(value)))?.values[0] ?? value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const below = path === '' ? name : `${path}.${name}`
      if (rules.readOnly.includes(below)) return []
      const reduced = reduce(inner, below, rules)
      return isUsual(reduced, below, rules) ? [] : [[name, reduced]]
    }),
  )
}

/** A rule by what it means: servers write one in several ways. What can't be read stays as it is. */
const recurrenceMeaning = (recurrence: Json): Json => {
  if (!isObject(recurrence)) return recurrence
  const { start, duration, rrule } = recurrence
  try {
    const { days, minuteOfDay, minutes } = parseRecurrence({
      start: textOf(start),
      duration: textOf(duration),
      rrule: textOf(rrule),
    })
    return { days: days.join(', '), from: clockTime(minuteOfDay), for: formatDuration(minutes) }
  } catch {
    return recurrence
  }
}

/** The date from which a recurring downtime counts moves on by itself, and what happens once is over: days, time and length are what it says. */
const withoutDates = (wire: JsonObject): JsonObject => {
  const { schedule } = wire
  if (!isObject(schedule)) return wire
  return {
    ...wire,
    schedule: {
      ...schedule,
      recurrences: listOf(schedule.recurrences)
        .filter((one) => !(isObject(one) && isOnce(textOf(one.rrule))))
        .map(recurrenceMeaning),
    },
  }
}

/**
 * What of a resource is its own: without the marker, the server's fields and whatever has its usual value. Two resources that mean the
 * same are equal in this form.
 */
export const canonical = (kind: Kind, wire: JsonObject, rules: Rules): JsonObject => {
  const bare = unmark(kind, wire)
  const reduced = reduce(
    kind === 'downtime' ? withoutDates(bare) : kind === 'dashboard' ? withPlaces(bare) : bare,
    '',
    rules,
  )
  return isObject(reduced) ? reduced : {}
}

/** Whether a resource gives a field, whatever it says there: `restricted_roles: []` opens a board, and no such field leaves it alone. */
const gives = (wire: JsonObject, path: string): boolean => {
  const value = path
    .split('.')
    .reduce<Json | undefined>((inner, name) => (isObject(inner) ? inner[name] : undefined), wire)
  return value !== undefined
}

/**
 * Whether a field counts that only the account has: where its usual value is known, where an update replaces all of what the files give,
 * and where the files give it although they leave it empty. `path` has `*` for places in a list.
 */
export const countsBy =
  (rules: Rules, wanted: JsonObject) =>
  (path: string): boolean => {
    if (rules.readOnly.includes(path)) return false
    if (gives(wanted, path)) return true
    if (rules.ignored.includes(path)) return false
    if (rules.strict) return path.includes('.')
    return path in rules.defaults || rules.sets.includes(path)
  }

const countedValue = (value: Json, wanted: Json | undefined, path: string, counts: (path: string) => boolean): Json => {
  if (Array.isArray(value))
    return value.map((item, index) =>
      countedValue(item, Array.isArray(wanted) ? wanted[index] : undefined, `${path}.*`, counts),
    )
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const below = path === '' ? name : `${path}.${name}`
      const other = isObject(wanted) ? wanted[name] : undefined
      return other === undefined && !counts(below) ? [] : [[name, countedValue(inner, other, below, counts)]]
    }),
  )
}

/** A canonical form without the fields that `wanted` has not and that don't count: what the server put in by itself. */
export const counted = (form: JsonObject, wanted: JsonObject, counts: (path: string) => boolean): JsonObject => {
  const rest = countedValue(form, wanted, '', counts)
  return isObject(rest) ? rest : {}
}

/** Eight hexadecimal digits of a canonical form. */
export const fingerprintOf = (form: JsonObject): string => sha256(JSON.stringify(withSortedKeys(form))).slice(0, 8)

/** The digits of what the files want: kept in the marker, they tell a change in the files from one by hand. */
export const fingerprint = (kind: Kind, wire: JsonObject, rules: Rules): string =>
  fingerprintOf(canonical(kind, wire, rules))
