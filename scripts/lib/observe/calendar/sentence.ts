// Turns findings into sentences.

import { clockTime, day, dayName, longDate, minute, weekdayOf } from './days.ts'
import type { Ends, Found } from './difference.ts'
import type { Reading } from './week.ts'
import type { LookedAt } from './weeks.ts'

/** The wall-clock time in an ISO time, as UTC milliseconds. */
const wall = (iso: string): number => Date.parse(`${iso.slice(0, 16)}Z`)

const timeOfDay = (at: number): string => clockTime((at % day) / minute)

/** A period by the wall clock: first and last date, and both times. A day ends at its 24:00. */
const parts = ({ from, to }: Ends): { first: number; last: number; begin: string; end: string } => {
  const [start, stop] = [wall(from), wall(to)]
  const midnight = stop % day === 0
  return {
    first: Math.floor(start / day) * day,
    last: Math.floor((midnight ? stop - day : stop) / day) * day,
    begin: timeOfDay(start),
    end: midnight ? '24:00' : timeOfDay(stop),
  }
}

/** `Sun 25 Oct 2026 23:00 to 24:00`, `Saturday 19:00 to Sunday 24:00`. */
const shownStretch = (stretch: Ends, name: (date: number) => string): string => {
  const { first, last, begin, end } = parts(stretch)
  return `${name(first)} ${begin} to ${first === last ? '' : `${name(last)} `}${end}`
}

/** `later: Sat 28 Nov 2026 12:00 to Sun 29 Nov 2026 19:00 is not silent yet: …`. */
export const laterSentence = (stretch: Ends): string =>
  `later: ${shownStretch(stretch, longDate)} is not silent yet: a downtime cannot begin in the past`

/** `, when the clock goes back`; empty for an ordinary week. The zone is named if it is not the week's. */
export const shownChange = ({ change }: LookedAt, zone: string): string => {
  if (change === undefined) return ''
  const clock = change.zone === zone ? 'the clock' : `the clock of ${change.zone}`
  return change.when === 'in'
    ? `, when ${clock} goes ${change.direction}`
    : `, the week after ${clock} goes ${change.direction}`
}

/** `, if Datadog counts elapsed hours`; empty if it makes no difference. */
export const shownReading = (counted: readonly Reading[]): string => {
  if (counted.length !== 1) return ''
  return `, if Datadog counts ${counted[0] === 'elapsed' ? 'elapsed hours' : 'hours of the wall clock'}`
}

/** Whether two differences of an ordinary week are the same hours on two days, so that one sentence can cover both. */
const alike = (a: Found, b: Found): boolean => {
  const [one, two] = [parts(a.each), parts(b.each)]
  return (
    a.looked.change === undefined &&
    a.looked.monday === b.looked.monday &&
    a.each.kind === b.each.kind &&
    a.each.everyWeek === b.each.everyWeek &&
    one.first === one.last &&
    two.first === two.last &&
    one.begin === two.begin &&
    one.end === two.end
  )
}

/** `Monday`, `Monday and Friday`, `Monday to Friday`, `Monday, Tuesday and Friday`. */
const shownDays = (dates: readonly number[]): string => {
  const names = dates.map((date) => dayName(weekdayOf(date)))
  const [first = '', last = ''] = [names[0], names.at(-1)]
  if (names.length === 1) return first
  const whole = dates.length > 2 && (dates.at(-1) ?? 0) - (dates[0] ?? 0) === (dates.length - 1) * day
  return whole ? `${first} to ${last}` : `${names.slice(0, -1).join(', ')} and ${last}`
}

const sentence = (group: readonly [Found, ...Found[]], zone: string): string => {
  const [{ each, looked }] = group
  if (looked.change !== undefined)
    return `${each.kind}: ${shownStretch(each, longDate)}${shownChange(looked, zone)}${shownReading(each.readings)}`
  const days = shownDays(group.map((found) => parts(found.each).first))
  const stretch = shownStretch(each, (date) => (group.length > 1 ? `${days},` : dayName(weekdayOf(date))))
  const what = each.kind === 'gap' ? 'is not silent' : 'is silent and not wished'
  const when = each.everyWeek ? 'every week' : `weeks like that of ${longDate(Date.parse(looked.monday))}`
  return `${each.kind}: ${stretch} ${what} (${when})`
}

/** Differences as sentences, in order; the same hours on several days of an ordinary week share one. */
export const sentencesOf = (found: readonly Found[], zone: string): string[] => {
  const groups: [Found, ...Found[]][] = []
  for (const each of found) {
    const group = groups.find(([first]) => alike(first, each))
    if (group === undefined) groups.push([each])
    else group.push(each)
  }
  return groups.map((group) => sentence(group, zone))
}
