// Monitors and downtimes as exported.

import { isObject, listOf, textOf } from '../_helpers/json.ts'
import { clockOf, instantOf } from './calendar/clock.ts'
import { weekdays } from './calendar/days.ts'
import { recurrenceOf, type Silence, startMargin } from './calendar/next.ts'
import { parseRecurrence } from './calendar/recurrence.ts'
import { rulesOf } from './canonical.ts'
import type { Json, JsonObject } from './json-object.ts'
import { unmark } from './marker.ts'
import type { Named } from './named-files.ts'
import type { Kind, Resource } from './resource-kinds.ts'
import type { ServerFile } from './schema.ts'

/** The type of a file under exports/, which can only be one of these two. */
export const rawKindOf = (wire: JsonObject): Exclude<Kind, 'dashboard'> =>
  wire.query !== undefined ? 'monitor' : 'downtime'

const withoutPath = (object: JsonObject, [name = '', ...rest]: readonly string[]): JsonObject => {
  const { [name]: inner, ...others } = object
  if (inner === undefined) return object
  return rest.length === 0 || !isObject(inner) ? others : { ...object, [name]: withoutPath(inner, rest) }
}

/** Drops null options and mutes, which belong to the account. */
const ownOptions = (wire: JsonObject): JsonObject =>
  isObject(wire.options)
    ? {
        ...wire,
        options: Object.fromEntries(
          Object.entries(wire.options).filter(([name, value]) => value !== null && name !== 'silenced'),
        ),
      }
    : wire

/** An exported resource without the server's fields, our mark and unset fields. */
export const rawWire = (kind: Kind, wire: JsonObject, server: ServerFile): JsonObject => {
  const { readOnly } = rulesOf(server, kind)
  const own = readOnly
    .filter((path) => !path.includes('*'))
    .reduce<JsonObject>((rest, path) => withoutPath(rest, path.split('.')), unmark(kind, wire))
  return ownOptions(Object.fromEntries(Object.entries(own).filter(([, value]) => value !== null)))
}

/** A rule that begins at its next date. One that doesn't fit a weekly pattern begins when its file says. */
const startingNext = (recurrence: Json, timezone: string, now: Date): Json => {
  if (!isObject(recurrence)) return recurrence
  const [start, duration, rrule] = [recurrence.start, recurrence.duration, recurrence.rrule].map(textOf)
  const from = start?.slice(11, 16) ?? ''
  try {
    if (
      Date.parse(`${start}Z`) &&
      instantOf(clockOf(timezone, now.getTime(), now.getTime() + 1), Date.parse(`${start}Z`)) >
        now.getTime() + startMargin
    )
      return recurrence
    const silence: Silence =
      rrule === 'FREQ=DAILY'
        ? { days: weekdays, from, for: duration }
        : {
            days: parseRecurrence({ start: start ?? '', duration: duration ?? '', rrule: rrule ?? '' }).days,
            from,
            for: duration,
          }
    return { ...recurrence, start: recurrenceOf(silence, timezone, now).start }
  } catch {
    return recurrence
  }
}

/**
 * A start that is in the past by now would be refused: recurring hours begin at their next date, and one-time hours at
 * once.
 */
const startingLater = (wire: JsonObject, now: Date): JsonObject => {
  const { schedule } = wire
  if (!isObject(schedule)) return wire
  if (Array.isArray(schedule.recurrences)) {
    const timezone = textOf(schedule.timezone) || 'UTC'
    return {
      ...wire,
      schedule: {
        ...schedule,
        recurrences: listOf(schedule.recurrences).map((one) => startingNext(one, timezone, now)),
      },
    }
  }
  const { start, ...rest } = schedule
  return Date.parse(textOf(start)) < now.getTime() + startMargin ? { ...wire, schedule: rest } : wire
}

/** The monitors and downtimes of exports/. */
export const rawResources = (files: readonly Named<JsonObject>[], server: ServerFile, now: Date): Resource[] =>
  files.map(({ name, source, data }) => {
    const kind = rawKindOf(data)
    const wire = rawWire(kind, data, server)
    return { kind, name, source, isPasted: true, wire: kind === 'downtime' ? startingLater(wire, now) : wire }
  })
