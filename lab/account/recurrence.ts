import { DateTime, type DurationLikeObject } from 'luxon'
import { isObject, type JsonObject, listOf } from '../../scripts/lib/_helpers/json.ts'
import { partsOf, ruleProblems, untilOf, weekdaysOf } from './rrule.ts'

const units: Readonly<Record<string, keyof DurationLikeObject>> = { m: 'minutes', h: 'hours', d: 'days', w: 'weeks' }

/** Converts `14h` for luxon; undefined unless it is an integer followed by m, h, d or w. */
export const parseDuration = (text: string): DurationLikeObject | undefined => {
  const [, count = '', unit = ''] = /^([1-9]\d{0,6})([mhdw])$/.exec(text) ?? []
  const name = units[unit]
  return name === undefined ? undefined : { [name]: Number(count) }
}

/** Parses a wall-clock time in a zone, `2026-11-23T19:00`; undefined for another format or a nonexistent date. */
export const parseStart = (text: string, zone: string): DateTime | undefined => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/.test(text)) return undefined
  const time = DateTime.fromISO(text, { zone })
  return time.isValid ? time : undefined
}

const startProblems = (start: string, rrule: string, zone: string, earliest: Date): string[] => {
  const time = parseStart(start, zone)
  if (time === undefined) return [`start: expected a time without offset as in 2026-11-23T19:00, found ${start}`]
  const weekdays = weekdaysOf(partsOf(rrule))
  return [
    ...(time.toMillis() < earliest.getTime() ? [`start: ${start} in ${zone} is in the past`] : []),
    ...(weekdays.length > 0 && !weekdays.includes(time.weekday)
      ? [`start: ${start} is a ${time.setLocale('en').weekdayLong}, which is not among the days of ${rrule}`]
      : []),
  ]
}

/**
 * Problems with one recurrence of a schedule.
 *
 * @param earliest a start before this counts as in the past.
 */
export const recurrenceProblems = (recurrence: JsonObject, zone: string, earliest: Date): string[] => {
  const { duration, rrule, start } = recurrence
  return [
    ...(parseDuration(String(duration)) === undefined
      ? [`duration: expected a whole number and one of m, h, d, w, as in 14h, found ${duration}`]
      : []),
    ...ruleProblems(String(rrule)),
    ...(start == null ? [] : startProblems(String(start), String(rrule), zone, earliest)),
  ]
}

export interface Occurrence {
  readonly start: DateTime
  readonly end: DateTime
}

/** How far ahead to look for the next occurrence. */
const horizonDays = 370

/** Whether a daily or weekly rule has an occurrence on the day that is so many days after its first. */
const onDayOf = (parts: ReadonlyMap<string, string>, first: DateTime) => {
  const interval = Number(parts.get('INTERVAL') ?? 1)
  const weekdays = weekdaysOf(parts)
  const weekly = parts.get('FREQ') === 'WEEKLY'
  return (day: DateTime, index: number): boolean => {
    const isListed = weekdays.length === 0 || weekdays.includes(day.weekday)
    if (!weekly) return isListed && index % interval === 0
    const weeks = Math.round(day.startOf('week').diff(first.startOf('week'), 'weeks').weeks)
    return weeks % interval === 0 && isListed && (weekdays.length > 0 || day.weekday === first.weekday)
  }
}

/**
 * The current or else the next occurrence of a daily or weekly rule with INTERVAL, BYDAY, COUNT and UNTIL; for any
 * other rule only the first. Undefined if there are no more.
 *
 * Durations in hours are elapsed time and days follow the calendar; Datadog doesn't say how it counts.
 */
const nextOf = (recurrence: JsonObject, zone: string, now: Date): Occurrence | undefined => {
  const first = parseStart(String(recurrence.start), zone)
  const duration = parseDuration(String(recurrence.duration))
  if (first === undefined || duration === undefined) return undefined
  const parts = partsOf(String(recurrence.rrule))
  const repeats = ['DAILY', 'WEEKLY'].includes(parts.get('FREQ') ?? '')
  const onDay = onDayOf(parts, first)
  const count = Number(parts.get('COUNT') ?? Number.POSITIVE_INFINITY)
  const until = untilOf(parts.get('UNTIL') ?? '', zone)?.toMillis() ?? Number.POSITIVE_INFINITY
  const passed = Math.max(0, Math.floor(DateTime.fromJSDate(now).diff(first, 'days').days))
  let counted = 0
  // Always starts from the first occurrence, because COUNT does.
  for (let index = 0; index <= (repeats ? passed + horizonDays : 0); index++) {
    const start = first.plus({ days: index })
    if (repeats && !onDay(start, index)) continue
    counted++
    if (counted > count || start.toMillis() > until) return undefined
    const end = start.plus(duration)
    if (end.toMillis() > now.getTime()) return { start, end }
  }
  return undefined
}

/** The current or next occurrence of any of the recurrences. */
export const nextOccurrence = (recurrences: unknown, zone: string, now: Date): Occurrence | undefined =>
  listOf(recurrences)
    .filter(isObject)
    .flatMap((recurrence) => nextOf(recurrence, zone, now) ?? [])
    .sort((a, b) => a.start.toMillis() - b.start.toMillis())[0]
