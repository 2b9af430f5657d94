// Judges all weeks that may differ, under both readings.

import { longDate } from './days.ts'
import { type Difference, type Ends, type Found, joined } from './difference.ts'
import { notYetSilent } from './later.ts'
import type { Schedule } from './recurrence.ts'
import { laterSentence, sentencesOf, shownChange, shownReading } from './sentence.ts'
import { type Reading, readings, type Stretch, type Week, type Wish, weekOf } from './week.ts'
import { type LookedAt, weeksAround } from './weeks.ts'
import { rangeOf, withHours, withoutHours } from './wish.ts'

export interface Judgement {
  /** The weeks to draw; a week is drawn twice, once for each reading, if the readings differ. */
  readonly weeks: readonly { readonly week: Week; readonly label: string }[]
  readonly gaps: readonly Difference[]
  /** Sentences: zones that differ, then gaps, then hours silent without need, then hours not silent yet. */
  readonly findings: readonly string[]
}

const sameEnds = (a: Ends, b: Ends): boolean => a.from === b.from && a.to === b.to

/** The periods of a week under all readings, without duplicates, each with the readings under which it occurs. */
const merged = (
  kind: Difference['kind'],
  monday: string,
  of: (reading: Reading) => readonly Stretch[],
): Difference[] => {
  const found: Difference[] = []
  for (const reading of readings)
    for (const ends of joined(of(reading))) {
      const index = found.findIndex((other) => sameEnds(other, ends))
      const known = found[index]
      if (known === undefined) found.push({ kind, monday, ...ends, everyWeek: false, readings: [reading] })
      else found[index] = { ...known, readings: [...known.readings, reading] }
    }
  return found.sort((a, b) => Date.parse(a.from) - Date.parse(b.from))
}

/** Differences of ordinary weeks. Those common to all weeks are reported once, for the first. */
const steady = (perWeek: readonly (readonly Difference[])[]): Difference[] => {
  const place = (each: Difference): string => rangeOf(each).join(' ')
  const inAll = (each: Difference): boolean =>
    perWeek.every((week) => week.some((other) => place(other) === place(each)))
  return perWeek.flatMap((week, index) =>
    week.flatMap((each) => {
      const everyWeek = inAll(each)
      return everyWeek && index > 0 ? [] : [{ ...each, everyWeek }]
    }),
  )
}

const drawn = (schedules: readonly Schedule[], wish: Wish, looked: LookedAt, zone: string): Judgement['weeks'] => {
  const [wall, elapsed] = readings.map((reading) => weekOf(schedules, wish, looked.monday, zone, reading))
  const label = `week of ${longDate(Date.parse(looked.monday))}${shownChange(looked, zone)}`
  if (wall === undefined || elapsed === undefined) return []
  // If readings differ only in which hours are covered twice, two pictures are not worth it.
  const compared = ({ gaps, extra }: Week): string => JSON.stringify([joined(gaps), joined(extra)])
  if (compared(wall) === compared(elapsed)) return [{ week: wall, label }]
  return [wall, elapsed].map((week) => ({ week, label: `${label}${shownReading([week.reading])}` }))
}

/**
 * Compares downtimes with the wanted hours: in the coming week, in ordinary weeks, and in and after weeks with a clock
 * change, under both readings of a duration. A gap under either reading counts. What is wrong every week is reported
 * once. Hours before a fresh downtime begins are reported but are no gap, since no change to the files would help.
 *
 * @param zone of the wanted hours.
 * @param fresh names of the schedules that are only now sent to the account.
 * @param bridged until when (in milliseconds) their bridges keep hours silent that have begun already.
 * @throws BoxhoundError E_DOWNTIME for a rule that cannot be parsed, E_TIMEZONE.
 */
export const judge = (
  schedules: readonly Schedule[],
  wish: Wish,
  zone: string,
  now: Date,
  fresh: ReadonlySet<string> = new Set(),
  bridged?: number,
): Judgement => {
  const foreign = schedules.filter(({ timezone }) => timezone !== zone)
  const looked = weeksAround(
    zone,
    now,
    schedules.map(({ timezone }) => timezone),
  )
  const differences = (kind: Difference['kind'], { monday }: LookedAt, wished: Wish): Difference[] =>
    merged(kind, monday, (reading) => {
      const week = weekOf(schedules, wished, monday, zone, reading)
      return kind === 'gap' ? week.gaps : week.extra
    })
  const all = (kind: Difference['kind'], lessOrMore: typeof withHours): Found[] => {
    const plain = looked.filter(({ change }) => change === undefined)
    const always = steady(plain.map((week) => differences(kind, week, wish)))
    const rest = lessOrMore(wish, always.map(rangeOf))
    return looked.flatMap((week) => {
      const own =
        week.change === undefined
          ? always.filter(({ monday }) => monday === week.monday)
          : differences(kind, week, rest)
      return own.map((each) => ({ each, looked: week }))
    })
  }
  const gaps = all('gap', withoutHours)
  const found = [...gaps, ...all('extra', withHours)]
  const shown = looked.filter(
    ({ coming, change, monday }) =>
      coming || change?.when !== 'before' || found.some(({ each }) => each.monday === monday),
  )
  return {
    weeks: shown.flatMap((week) => drawn(schedules, wish, week, zone)),
    gaps: gaps.map(({ each }) => each),
    findings: [
      ...foreign.map(({ name, timezone }) => `zone: ${name} counts in ${timezone}, the wished hours in ${zone}`),
      ...sentencesOf(
        found.toSorted((a, b) => order(a.each) - order(b.each)),
        zone,
      ),
      ...notYetSilent(schedules, wish, zone, now, fresh, bridged).map(laterSentence),
    ],
  }
}

/** Gaps come first, and what is wrong every week before the rest; the sort keeps the order of time. */
const order = ({ kind, everyWeek }: Difference): number => (kind === 'gap' ? 0 : 2) + (everyWeek ? 0 : 1)
