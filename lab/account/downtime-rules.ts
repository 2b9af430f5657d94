import { isDeepStrictEqual } from 'node:util'
import { IANAZone } from 'luxon'
import { isObject, type JsonObject, listOf, objectAt } from '../../scripts/lib/_helpers/json.ts'
import type { AccountState } from './account-state.ts'
import { recurrenceProblems } from './recurrence.ts'

/** Luxon accepts offsets such as UTC+2 as zones; the API requires names from the IANA list. */
const isZone = (name: unknown): boolean => typeof name === 'string' && IANAZone.isValidZone(name)

const zoneProblems = (path: string, zone: unknown): string[] =>
  zone == null || isZone(zone) ? [] : [`${path}: expected an IANA name such as Europe/Paris, found ${zone}`]

const oneTimeProblems = ({ start, end }: JsonObject, earliest: Date): string[] => {
  const [from, to] = [start, end].map((time) => (time == null ? undefined : Date.parse(String(time))))
  const otherwise = Object.entries({ start, end }).filter(
    ([, time]) => time != null && !/(?:Z|[+-]00:?00)$/.test(String(time)),
  )
  if (otherwise.length > 0) return otherwise.map(([key]) => `schedule.${key}: a UTC offset of zero is required`)
  return [
    ...(from !== undefined && from < earliest.getTime() ? [`schedule.start: ${start} is in the past`] : []),
    ...(to !== undefined && to <= (from ?? earliest.getTime()) ? ['schedule.end: not after the start'] : []),
  ]
}

const scheduleProblems = (schedule: JsonObject, stored: JsonObject, earliest: Date): string[] => {
  if (!Array.isArray(schedule.recurrences)) return oneTimeProblems(schedule, earliest)
  const zones = zoneProblems('schedule.timezone', schedule.timezone)
  if (zones.length > 0) return zones
  if (schedule.recurrences.length > 5)
    return [`schedule.recurrences: at most 5 are allowed, found ${schedule.recurrences.length}`]
  if (schedule.recurrences.length === 0) return ['schedule.recurrences: at least one is required']
  const zone = String(schedule.timezone ?? 'UTC')
  // An update may send back the start that it has read, even if it is in the past by now.
  const known = new Set(listOf(stored.recurrences).map((recurrence) => objectAt({ recurrence }, 'recurrence').start))
  return schedule.recurrences
    .filter(isObject)
    .flatMap((recurrence, index) =>
      recurrenceProblems(recurrence, zone, known.has(recurrence.start) ? new Date(0) : earliest).map(
        (problem) => `schedule.recurrences[${index}].${problem}`,
      ),
    )
}

/**
 * A downtime in progress keeps its start: "downtimes are immutable" except for message and end
 * (DataDog/documentation#4553), and the Terraform provider gets a start in the past refused.
 */
const startedProblems = (schedule: JsonObject, { status, schedule: stored }: JsonObject): string[] => {
  if (status !== 'active' || !isObject(stored)) return []
  const startsOf = ({ recurrences, start }: JsonObject): string =>
    Array.isArray(recurrences)
      ? recurrences
          .map((recurrence) => String(objectAt({ recurrence }, 'recurrence').start))
          .sort()
          .join()
      : String(start)
  return startsOf(schedule) === startsOf(stored)
    ? []
    : ['schedule: the start of a downtime in progress cannot be changed']
}

const identifierProblems = (identifier: JsonObject, { monitors }: AccountState): string[] => {
  const { monitor_id: id, monitor_tags: tags } = identifier
  if (typeof id === 'number')
    return Object.hasOwn(monitors, String(id)) ? [] : [`monitor_identifier.monitor_id: there is no monitor ${id}`]
  const good = listOf(tags).length > 0 && listOf(tags).every((tag) => String(tag).trim() !== '')
  return good ? [] : ['monitor_identifier.monitor_tags: at least one tag or * is required']
}

const scopeProblems = (scope: string): string[] => {
  if (scope.trim() === '') return ['scope: it is empty; * is every group']
  const count = (sign: string): number => scope.split(sign).length
  return count('(') === count(')') ? [] : ['scope: parentheses don’t match']
}

/**
 * What the documentation of downtimes forbids beyond the model, with paths below `data.attributes`.
 *
 * @param sent the attributes of a request that its model accepts.
 * @param stored the stored attributes, for an update.
 */
export const downtimeProblems = (sent: JsonObject, stored: JsonObject, state: AccountState, now: Date): string[] => {
  const { monitor_identifier: identifier, schedule, scope } = sent
  const fixed = stored.status === 'active' ? (['scope', 'monitor_identifier'] as const) : []
  return [
    ...fixed
      .filter((name) => sent[name] !== undefined && !isDeepStrictEqual(sent[name], stored[name]))
      .map((name) => `${name}: of a downtime in progress it cannot be changed`),
    ...(scope == null ? [] : scopeProblems(String(scope))),
    ...zoneProblems('display_timezone', sent.display_timezone),
    ...(isObject(identifier) ? identifierProblems(identifier, state) : []),
    ...(isObject(schedule) ? startedProblems(schedule, stored) : []),
    ...(isObject(schedule) ? scheduleProblems(schedule, objectAt(stored, 'schedule'), now) : []),
  ]
}
