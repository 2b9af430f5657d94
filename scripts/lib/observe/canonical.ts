// A resource without the server's additions, and its fingerprint.

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

/** How the server treats one kind of resource. */
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

/** Whether two values are equal, ignoring the order of keys. */
export const equal = (a: Json, b: Json): boolean =>
  JSON.stringify(withSortedKeys(a)) === JSON.stringify(withSortedKeys(b))

const setOf = (list: readonly Json[]): Json[] =>
  [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

/** Whether a value means the same as its absence. */
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

/**
 * A rule in a normalized form, since servers write the same rule in several ways. What can't be parsed stays as it is.
 */
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

/**
 * Drops dates: a recurring downtime's date moves on by itself, and a one-time occurrence passes. Days, time and length
 * are what matters.
 */
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
 * The part of a resource that defines it: without the marker, the server's fields and default values. Two resources
 * that mean the same are equal in this form.
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

/**
 * Whether a resource contains a field, whatever its value: `restricted_roles: []` opens a board, while a missing field
 * leaves it alone.
 */
const gives = (wire: JsonObject, path: string): boolean => {
  const value = path
    .split('.')
    .reduce<Json | undefined>((inner, name) => (isObject(inner) ? inner[name] : undefined), wire)
  return value !== undefined
}

/**
 * Whether a field that only the account has counts: if its default is known, if an update replaces everything in the
 * resource, or if the files contain the field but leave it empty. `path` has `*` for list positions.
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

/**
 * A canonical form without fields that `wanted` lacks and that don't count, i.e. what the server has added by itself.
 */
export const counted = (form: JsonObject, wanted: JsonObject, counts: (path: string) => boolean): JsonObject => {
  const rest = countedValue(form, wanted, '', counts)
  return isObject(rest) ? rest : {}
}

/** Eight hexadecimal digits of a canonical form. */
export const fingerprintOf = (form: JsonObject): string => sha256(JSON.stringify(withSortedKeys(form))).slice(0, 8)

/** Fingerprint of what the files want. Kept in the marker, it distinguishes a change in the files from one by hand. */
export const fingerprint = (kind: Kind, wire: JsonObject, rules: Rules): string =>
  fingerprintOf(canonical(kind, wire, rules))
