// Parses a rule.

import { BoxhoundError } from '../../_helpers/errors.ts'
import { codeOf, inOrder, isoDate, type Weekday, weekdayOf, weekdayOfCode } from './days.ts'
import { parseDuration, parseTime } from './duration.ts'

/** A rule of a downtime's schedule in Datadog's API v2; `start` is local time without an offset. */
export interface Recurrence {
  readonly start: string
  readonly duration: string
  readonly rrule: string
}

/** A recurring downtime: its name, the time zone of its times, and its rules. */
export interface Schedule {
  readonly name: string
  readonly timezone: string
  readonly recurrences: readonly Recurrence[]
  /** The downtime is new: it is not silent before the start of its rule. Others count as if they had always existed. */
  readonly fresh?: true
}

/** The content of a rule: days, start and length in minutes, and its first date (`2026-11-23`). */
export interface WeeklyRule {
  readonly days: readonly Weekday[]
  readonly minuteOfDay: number
  readonly minutes: number
  readonly start: string
}

/** Maximum number of recurrences in a downtime, from the API's documentation of recurring downtimes. */
export const mostRecurrences = 5

/** Longest duration of a weekly rule in minutes: beyond a week it would only overlap itself. */
export const longestMinutes = 10_080

const wrong = (name: string | undefined, message: string, expected: string, found: string, next?: string) =>
  new BoxhoundError('E_DOWNTIME', name === undefined ? message : `downtime ${name}: ${message}`, {
    expected,
    found: JSON.stringify(found.slice(0, 120)),
    ...(next === undefined ? {} : { next }),
  })

const parseStart = (start: string, name: string | undefined): { date: number; minuteOfDay: number } => {
  const expected = 'local date and time without an offset, such as 2026-11-23T19:00'
  if (/(Z|[+-]\d\d(:?\d\d)?)$/i.test(start.slice(10)))
    throw wrong(
      name,
      'the start carries an offset',
      expected,
      start,
      'leave the offset out: timezone says where the time holds',
    )
  const [, text, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::00)?$/.exec(start) ?? []
  const date = text === undefined ? Number.NaN : Date.parse(`${text}T00:00Z`)
  const minuteOfDay = time === undefined ? undefined : parseTime(time)
  if (Number.isNaN(date) || isoDate(date) !== text || minuteOfDay === undefined || minuteOfDay === 1440)
    throw wrong(name, 'the start cannot be read', expected, start)
  return { date, minuteOfDay }
}

const parseRule = (rrule: string, name: string | undefined): Weekday[] => {
  const expected = 'a weekly rule with its days, such as FREQ=WEEKLY;BYDAY=MO,TU'
  const misfit = (message: string, next?: string): BoxhoundError => wrong(name, message, expected, rrule, next)
  if (/DTSTART/i.test(rrule))
    throw misfit('the rule carries a DTSTART', 'leave it out: the field start says when the rule begins')
  const parts = new Map<string, string>()
  for (const part of rrule.split(';')) {
    const [key = '', value] = part.split('=', 2)
    if (value === undefined || parts.has(key)) throw misfit('the rule cannot be read')
    parts.set(key, value)
  }
  const { FREQ: frequency, INTERVAL: interval = '1', BYDAY: byDay, ...others } = Object.fromEntries(parts)
  const other = Object.keys(others)[0]
  if (frequency !== 'WEEKLY') throw misfit('the rule is not weekly')
  if (other !== undefined) throw misfit(`the rule has the part ${other}, which no week can show`)
  if (interval !== '1') throw misfit('the rule leaves weeks out')
  if (byDay === undefined) throw misfit('the rule names no days', 'add BYDAY with the days')
  const days = byDay.split(',').map((code) => {
    const weekday = weekdayOfCode(code)
    if (weekday === undefined) throw misfit(`the rule names a day that is none: ${JSON.stringify(code)}`)
    return weekday
  })
  return inOrder(days)
}

/**
 * Parses a rule from an account, or one to be sent.
 *
 * @param name the downtime's, for messages.
 * @throws BoxhoundError E_DOWNTIME for what Datadog refuses or shifts (an offset in `start`, DTSTART in `rrule`, a
 *   start on a day that is not one of the rule's), and for rules that differ between weeks, which a calendar of one
 *   week cannot show.
 */
export const parseRecurrence = ({ start, duration, rrule }: Recurrence, name?: string): WeeklyRule => {
  const { date, minuteOfDay } = parseStart(start, name)
  const days = parseRule(rrule, name)
  const minutes = parseDuration(duration)
  if (minutes === undefined || minutes > longestMinutes)
    throw wrong(
      name,
      'the duration cannot be used',
      'a whole number and m, h, d or w, at most 1w, such as 14h',
      duration,
    )
  const weekday = weekdayOf(date)
  if (!days.includes(weekday))
    throw wrong(
      name,
      'the start is on a day that the rule does not name',
      `a start on ${days.join(', ')} (BYDAY=${days.map(codeOf).join(',')})`,
      `${start}, a ${weekday}`,
      'move the start to one of these days: the account anchors the rule on it',
    )
  return { days, minuteOfDay, minutes, start: isoDate(date) }
}
