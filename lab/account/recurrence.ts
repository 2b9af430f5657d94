import { DateTime, type DurationLikeObject } from 'luxon'
import { isObject, type JsonObject, listOf } from '../../scripts/lib/_helpers/json.ts'

/** The days of a rule in luxon's numbers: Monday is 1. */
const days: Readonly<Record<string, number>> = { MO: 1, TU: 2, WE: 3, TH: 4, FR: 5, SA: 6, SU: 7 }
const frequencies = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']
const durations = ['DTSTART', 'DTEND', 'DURATION']
const known = new Set(
  'FREQ INTERVAL COUNT UNTIL BYDAY BYMONTHDAY BYMONTH BYSETPOS BYHOUR BYMINUTE BYYEARDAY BYWEEKNO WKST'.split(' '),
)
const units: Readonly<Record<string, keyof DurationLikeObject>> = { m: 'minutes', h: 'hours', d: 'days', w: 'weeks' }

/** `14h` for luxon; undefined for what is no integer with one of m, h, d and w. */
export const parseDuration = (text: string): DurationLikeObject | undefined => {
  const [, count = '', unit = ''] = /^([1-9]\d{0,6})([mhdw])$/.exec(text) ?? []
  const name = units[unit]
  return name === undefined ? undefined : { [name]: Number(count) }
}

/** A time of the wall clock in a zone, `2026-11-23T19:00`; undefined for another form or a date that doesn't exist. */
export const parseStart = (text: string, zone: string): DateTime | undefined => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/.test(text)) return undefined
  const time = DateTime.fromISO(text, { zone })
  return time.isValid ? time : undefined
}

/** `FREQ=WEEKLY;BYDAY=MO,TU` as a map of its parts. */
const partsOf = (rrule: string): ReadonlyMap<string, string> =>
  new Map(
    rrule.split(';').map((part) => {
      const [name = '', ...value] = part.split('=')
      return [name, value.join('=')]
    }),
  )

const weekdaysOf = (parts: ReadonlyMap<string, string>): number[] =>
  (parts.get('BYDAY') ?? '').split(',').flatMap((day) => days[day.replace(/^[+-]?\d+/, '')] ?? [])

const ruleProblems = (rrule: string): string[] => {
  const parts = partsOf(rrule)
  const frequency = parts.get('FREQ') ?? ''
  const byDay = parts.get('BYDAY')
  return [
    ...(frequencies.includes(frequency) ? [] : [`rrule: expected FREQ=${frequencies.join('|')}, found ${rrule}`]),
    ...[...parts.keys()].flatMap((name) => {
      if (durations.includes(name)) return [`rrule: ${name} is not supported`]
      return known.has(name) ? [] : [`rrule: unknown part ${name}`]
    }),
    ...(byDay?.split(',').some((day) => !/^(?:[+-]?\d+)?(?:MO|TU|WE|TH|FR|SA|SU)$/.test(day))
      ? [`rrule: BYDAY=${byDay} is no list of MO, TU, WE, TH, FR, SA, SU`]
      : []),
    ...(/^[1-9]\d*$/.test(parts.get('INTERVAL') ?? '1') ? [] : ['rrule: INTERVAL is no whole number from 1']),
  ]
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
 * What is wrong with one recurrence of a schedule.
 *
 * @param earliest before it, a start is in the past.
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

/** How far ahead the next occurrence is looked for. */
const horizonDays = 370

/**
 * The occurrence that is on at `now`, or else the next one, of a daily or weekly rule; of any other rule, only the first.
 *
 * Hours are counted as they pass and days by the calendar; Datadog doesn't tell which it does.
 */
const nextOf = (recurrence: JsonObject, zone: string, now: Date): Occurrence | undefined => {
  const first = parseStart(String(recurrence.start), zone)
  const duration = parseDuration(String(recurrence.duration))
  if (first === undefined || duration === undefined) return undefined
  const parts = partsOf(String(recurrence.rrule))
  const weekly = parts.get('FREQ') === 'WEEKLY'
  const repeats = weekly || parts.get('FREQ') === 'DAILY'
  const interval = Number(parts.get('INTERVAL') ?? 1)
  const weekdays = weekdaysOf(parts)
  const onDay = (day: DateTime, index: number): boolean => {
    if (!weekly) return index % interval === 0
    const weeks = Math.round(day.startOf('week').diff(first.startOf('week'), 'weeks').weeks)
    return (
      weeks % interval === 0 && (weekdays.length === 0 ? day.weekday === first.weekday : weekdays.includes(day.weekday))
    )
  }
  const from = Math.max(0, Math.floor(DateTime.fromJSDate(now).minus(duration).diff(first, 'days').days) - 1)
  for (let index = from; index <= (repeats ? from + horizonDays : 0); index++) {
    const start = first.plus({ days: index })
    const end = start.plus(duration)
    if (onDay(start, index) && end.toMillis() > now.getTime()) return { start, end }
  }
  return undefined
}

/** The occurrence of any of the recurrences that is on at `now`, or that comes next. */
export const nextOccurrence = (recurrences: unknown, zone: string, now: Date): Occurrence | undefined =>
  listOf(recurrences)
    .filter(isObject)
    .flatMap((recurrence) => nextOf(recurrence, zone, now) ?? [])
    .sort((a, b) => a.start.toMillis() - b.start.toMillis())[0]
