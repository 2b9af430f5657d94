// Finds the next occurrence in a zone.

import { BoxhoundError } from '../../_helpers/errors.ts'
import { clockOf, instantsOf, wallOf } from './clock.ts'
import { clockTime, codeOf, day, inOrder, isoDate, minute, type Weekday, weekdayOf } from './days.ts'
import { formatDuration, parseDuration, parseTime } from './duration.ts'
import { longestMinutes, type Recurrence } from './recurrence.ts'

/** A downtime in human terms: on these days, from when to when, or for how long. */
export interface Silence {
  readonly days: readonly Weekday[]
  /** `HH:MM`. */
  readonly from: string
  /** `HH:MM`, on the next day if it is not later than `from`. Either this or `for`. */
  readonly to?: string | undefined
  /** `90m`, `14h`, `2d`. */
  readonly for?: string | undefined
}

const wrong = (message: string, expected: string, found: string | undefined): BoxhoundError =>
  new BoxhoundError('E_DOWNTIME', message, { expected, found: found === undefined ? 'nothing' : JSON.stringify(found) })

const timeOf = (key: string, text: string, last: number): number => {
  const minutes = parseTime(text)
  if (minutes !== undefined && minutes <= last) return minutes
  throw wrong(`${key} is no time of day`, `HH:MM, 00:00 to ${clockTime(last)}`, text)
}

const minutesOf = (silence: Silence, from: number): number => {
  if ((silence.to === undefined) === (silence.for === undefined))
    throw wrong('a downtime needs one end', 'either to or for', silence.to === undefined ? 'neither' : 'both')
  if (silence.to !== undefined) {
    const to = timeOf('to', silence.to, 1440)
    return to > from ? to - from : to + 1440 - from
  }
  const minutes = parseDuration(silence.for ?? '')
  if (minutes === undefined || minutes > longestMinutes)
    throw wrong('for is no duration', 'a whole number and m, h, d or w, at most 1w, such as 2d', silence.for)
  return minutes
}

/**
 * Minimum time between `now` and a start. The account gets the start later than it was chosen, since boxhound may wait
 * up to 5 minutes for a rate limit, or repeat a request after a lost response. A start that has passed by then would be
 * refused.
 */
export const startMargin = 10 * minute

/**
 * The rule to send to Datadog. It starts when a clock in the zone next shows `from` on one of the days, at least 10
 * minutes after `now`: a start in the past is refused, and one on another day shifts the whole rule. A date on which a
 * clock change skips that time is not used.
 *
 * @throws BoxhoundError E_DOWNTIME for invalid days, times or durations, E_TIMEZONE for the zone.
 */
export const recurrenceOf = (silence: Silence, timezone: string, now: Date): Recurrence => {
  const from = timeOf('from', silence.from, 1439)
  const minutes = minutesOf(silence, from)
  const days = inOrder(silence.days)
  if (days.length === 0) throw wrong('a downtime needs days', 'one day or more, such as [saturday]', undefined)
  const at = now.getTime()
  // Two weeks and a day: if this week's only day can't be used, next week's can.
  const clock = clockOf(timezone, at - day, at + 17 * day)
  const today = Math.floor(wallOf(clock, at) / day) * day
  const dates = Array.from({ length: 16 }, (_, index) => today + index * day)
  const start = dates.find((date) => {
    const first = instantsOf(clock, date + from * minute)[0]
    return days.includes(weekdayOf(date)) && first !== undefined && first >= at + startMargin
  })
  if (start === undefined)
    throw wrong('there is no such time in the zone', 'a time that exists on one of the days', silence.from)
  return {
    start: `${isoDate(start)}T${silence.from}`,
    duration: formatDuration(minutes),
    rrule: `FREQ=WEEKLY;BYDAY=${days.map(codeOf).join(',')}`,
  }
}
