import { DateTime } from 'luxon'
import { isObject, type JsonObject, listOf, objectAt } from '../../scripts/lib/_helpers/json.ts'
import { nextOccurrence } from './recurrence.ts'
import { stamp } from './stamp.ts'

/** The server's defaults for attributes that a client didn't send. */
export const defaultAttributes: JsonObject = {
  display_timezone: 'UTC',
  message: null,
  mute_first_recovery_notification: false,
  notify_end_states: ['alert', 'no data', 'warn'],
  notify_end_types: ['expired'],
}

/** A schedule as the server stores it; without a start it begins now. */
export const settledSchedule = (sent: unknown, now: Date): JsonObject => {
  const schedule = isObject(sent) ? sent : {}
  if (!Array.isArray(schedule.recurrences)) return { start: schedule.start ?? stamp(now), end: schedule.end ?? null }
  const timezone = String(schedule.timezone ?? 'UTC')
  const start = DateTime.fromJSDate(now, { zone: timezone }).toFormat("yyyy-MM-dd'T'HH:mm")
  const recurrences = schedule.recurrences
    .filter(isObject)
    .map((recurrence) => ({ ...recurrence, start: recurrence.start ?? start }))
  return { timezone, recurrences }
}

interface Times {
  readonly start: number
  readonly end: number
}

/** The current occurrence of a schedule, or the next one; undefined when it is over. */
const currentOf = (schedule: JsonObject, now: Date): Times | undefined => {
  if (Array.isArray(schedule.recurrences)) {
    const occurrence = nextOccurrence(schedule.recurrences, String(schedule.timezone), now)
    return occurrence && { start: occurrence.start.toMillis(), end: occurrence.end.toMillis() }
  }
  const end = schedule.end == null ? Number.POSITIVE_INFINITY : Date.parse(String(schedule.end))
  return end > now.getTime() ? { start: Date.parse(String(schedule.start)), end } : undefined
}

/** A downtime with its current status, and with the times of a recurring schedule. A cancelled one stays unchanged. */
export const asOf = (downtime: JsonObject, now: Date): JsonObject => {
  const attributes = objectAt(downtime, 'attributes')
  const schedule = objectAt(attributes, 'schedule')
  if (attributes.canceled != null || Object.keys(schedule).length === 0) return downtime
  const current = currentOf(schedule, now)
  const status = current === undefined ? 'ended' : current.start <= now.getTime() ? 'active' : 'scheduled'
  const times =
    listOf(schedule.recurrences).length === 0 || current === undefined
      ? {}
      : { current_downtime: { start: stamp(new Date(current.start)), end: stamp(new Date(current.end)) } }
  return { ...downtime, attributes: { ...attributes, status, schedule: { ...schedule, ...times } } }
}

/** A downtime's author and, if it names one, its monitor. */
export const relationshipsOf = (identifier: JsonObject): JsonObject => ({
  created_by: { data: { type: 'users', id: '00000000-0000-8000-8000-000000000002' } },
  monitor: { data: identifier.monitor_id == null ? null : { type: 'monitors', id: String(identifier.monitor_id) } },
})
