// Compares one week with the wanted hours.

import { DateTime } from 'luxon'
import { BoxhoundError } from '../../_helpers/errors.ts'
import { type Clock, clockOf, instantOf, instantsOf, startOfDay, wallOf } from './clock.ts'
import { day, isoDate, minute, type Weekday, weekdayIndex, weekdayOf, weekdays } from './days.ts'
import { parseRecurrence, type Schedule, type WeeklyRule } from './recurrence.ts'

/**
 * The hours that should be silent, by weekday: minutes of the wall clock, 0 to 1440; `from` is inclusive, `to`
 * exclusive.
 */
export type Wish = Readonly<Record<Weekday, readonly (readonly [fromMinute: number, toMinute: number])[]>>

/**
 * How to interpret a duration: as elapsed time or by the wall clock, which differ across a clock change. Datadog does
 * not say which. A mixture of both (in RFC 5545 days follow the calendar and hours are elapsed time) is silent at least
 * as long as the shorter of the two, so checking both finds every gap.
 */
export type Reading = 'elapsed' | 'wall'
export const readings: readonly Reading[] = ['wall', 'elapsed']

/** A period in ISO 8601 with the offset of the week's zone, `to` exclusive, and the schedules that are silent in it. */
export interface Stretch {
  readonly from: string
  readonly to: string
  readonly names: readonly string[]
}

/** A week, from Monday's first instant to the next Monday's, comparing wanted and silent hours. */
export interface Week {
  /** `2026-11-23`. */
  readonly monday: string
  readonly zone: string
  readonly reading: Reading
  readonly silent: readonly Stretch[]
  /** Wanted, but not silent. */
  readonly gaps: readonly Stretch[]
  /** Covered by two or more schedules. */
  readonly overlaps: readonly Stretch[]
  /** Silent, but not wanted. */
  readonly extra: readonly Stretch[]
  /** Elapsed hours. */
  readonly hours: { readonly wished: number; readonly silent: number }
}

/** An occurrence of a schedule, in instants. */
interface Occurrence {
  readonly name: string
  readonly from: number
  readonly to: number
}

/**
 * How many days before the week a rule of up to a week may begin and still reach into it, in a zone up to 26 hours off.
 */
const reach = 10

const occurrencesOf = (
  { name, fresh }: Schedule,
  rule: WeeklyRule,
  clock: Clock,
  monday: number,
  reading: Reading,
): Occurrence[] =>
  Array.from({ length: reach + 10 }, (_, index) => monday + (index - reach) * day)
    .filter((date) => rule.days.includes(weekdayOf(date)) && (fresh === undefined || isoDate(date) >= rule.start))
    .map((date) => {
      const wall = date + rule.minuteOfDay * minute
      const from = instantOf(clock, wall)
      const length = rule.minutes * minute
      return { name, from, to: reading === 'elapsed' ? from + length : instantOf(clock, wall + length) }
    })

const isWished = (wish: Wish, wall: number): boolean => {
  const at = (wall % day) / minute
  return wish[weekdayOf(wall)].some(([from, to]) => at >= from && at < to)
}

/** A part of the week in which nothing changes. */
interface Piece {
  readonly from: number
  readonly to: number
  readonly names: readonly string[]
  readonly wished: boolean
}

const mondayOf = (monday: string): number => {
  const date = Date.parse(`${monday}T00:00Z`)
  if (/^\d{4}-\d\d-\d\d$/.test(monday) && !Number.isNaN(date) && weekdayIndex(date) === 0) return date
  throw new BoxhoundError('E_DOWNTIME', 'a week begins on a Monday', {
    expected: 'the date of a Monday',
    found: monday,
  })
}

/** The clock around a week, wide enough for everything that reaches into it. */
const clockAround = (zone: string, monday: number): Clock =>
  clockOf(zone, monday - (reach + 3) * day, monday + (7 + 10) * day)

/**
 * Compares silent and wanted hours in one week, in the steady state. Occurrences before a rule's first date count,
 * unless the schedule is fresh, and so do those that begin in the week before and reach into this one.
 *
 * @param monday its date, `2026-11-23`.
 * @param zone of the wanted hours; each schedule keeps its own.
 * @throws BoxhoundError E_DOWNTIME for a rule that cannot be parsed, E_TIMEZONE.
 */
export const weekOf = (
  schedules: readonly Schedule[],
  wish: Wish,
  monday: string,
  zone: string,
  reading: Reading,
): Week => {
  const date = mondayOf(monday)
  const clock = clockAround(zone, date)
  const [start, end] = [startOfDay(clock, date), startOfDay(clock, date + 7 * day)]
  const occurrences = schedules.flatMap((schedule) => {
    const own = clockAround(schedule.timezone, date)
    return schedule.recurrences.flatMap((each) =>
      occurrencesOf(schedule, parseRecurrence(each, schedule.name), own, date, reading),
    )
  })
  const wishEdges = weekdays.flatMap((weekday, index) =>
    wish[weekday].flat().flatMap((at) => instantsOf(clock, date + index * day + at * minute)),
  )
  const cuts = [
    start,
    end,
    ...clock.map(({ from }) => from),
    ...occurrences.flatMap(({ from, to }) => [from, to]),
    ...wishEdges,
  ]
  const edges = [...new Set(cuts)].filter((at) => at >= start && at <= end).sort((a, b) => a - b)
  const pieces: Piece[] = edges.slice(0, -1).map((from, index) => ({
    from,
    to: edges[index + 1] ?? end,
    names: [...new Set(occurrences.filter((each) => each.from <= from && from < each.to).map(({ name }) => name))],
    wished: isWished(wish, wallOf(clock, from)),
  }))
  return {
    monday,
    zone,
    reading,
    silent: stretches(pieces, zone, ({ names }) => names.length > 0),
    gaps: stretches(pieces, zone, ({ names, wished }) => wished && names.length === 0),
    overlaps: stretches(pieces, zone, ({ names }) => names.length > 1),
    extra: stretches(pieces, zone, ({ names, wished }) => !wished && names.length > 0),
    hours: {
      wished: hoursOf(pieces.filter(({ wished }) => wished)),
      silent: hoursOf(pieces.filter(({ names }) => names.length > 0)),
    },
  }
}

/** An instant in ISO 8601 with the zone's offset, without seconds, which are never needed. */
export const iso = (at: number, zone: string): string =>
  DateTime.fromMillis(at, { zone }).toFormat("yyyy-MM-dd'T'HH:mmZZ", { locale: 'en' })

/** Adjacent pieces of one kind, merged if the same schedules are silent. */
const stretches = (pieces: readonly Piece[], zone: string, kind: (piece: Piece) => boolean): Stretch[] => {
  const joined: { from: number; to: number; names: readonly string[] }[] = []
  for (const piece of pieces.filter(kind)) {
    const last = joined.at(-1)
    if (last !== undefined && last.to === piece.from && last.names.join('\n') === piece.names.join('\n'))
      last.to = piece.to
    else joined.push({ from: piece.from, to: piece.to, names: piece.names })
  }
  return joined.map(({ from, to, names }) => ({ from: iso(from, zone), to: iso(to, zone), names }))
}

const hoursOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, { from, to }) => sum + (to - from), 0) / (60 * minute)
