// Selects the weeks to check.

import { type ClockChange, clockChanges } from './changes.ts'
import { type Clock, clockOf, startOfDay, wallOf } from './clock.ts'
import { day, isoDate, weekdayIndex } from './days.ts'

/** How many weeks ahead to look for clock changes: more than a year. */
const horizon = 58

/** A week to check. `change`: its clock change, or the one of the week before, whose effects may end in this week. */
export interface LookedAt {
  readonly monday: string
  /** Whether it is the week after `now`. */
  readonly coming: boolean
  readonly change?: {
    readonly zone: string
    readonly direction: ClockChange['direction']
    readonly when: 'in' | 'before'
  }
}

/** The Monday of an instant's week, as the wall of its midnight. */
export const mondayWall = (clock: Clock, at: number): number => {
  const date = Math.floor(wallOf(clock, at) / day) * day
  return date - weekdayIndex(date) * day
}

/** First and next day of a week, in instants. */
const bounds = (clock: Clock, monday: number): { start: number; end: number } => ({
  start: startOfDay(clock, monday),
  end: startOfDay(clock, monday + 7 * day),
})

type ZoneChange = ClockChange & { readonly zone: string }

/** The next change in each direction at or after an instant. */
const nextChanges = (changes: readonly ZoneChange[], from: number): ZoneChange[] => {
  const ahead = changes.filter(({ at }) => at.getTime() >= from)
  const next = (['forward', 'back'] as const).map((way) => ahead.find(({ direction }) => direction === way))
  return next.filter((change) => change !== undefined)
}

/**
 * The weeks in which downtimes may behave differently, in order: the coming week, an ordinary week for each difference
 * that the zones' clocks can have, and the weeks with and after the next clock change in each direction (within 58
 * weeks), including the current week if its change is still ahead.
 *
 * @param zone whose weeks are meant.
 * @param others zones of schedules that are not in `zone`.
 */
export const weeksAround = (zone: string, now: Date, others: readonly string[] = []): LookedAt[] => {
  const at = now.getTime()
  const zones = [...new Set([zone, ...others])]
  const from = at - 8 * day
  const clock = clockOf(zone, from, at + (horizon + 3) * 7 * day)
  const clocks = zones.map((name) => clockOf(name, from, at + (horizon + 3) * 7 * day))
  const coming = mondayWall(clock, at) + 7 * day
  const changes = zones.map((name) =>
    clockChanges(name, new Date(from), horizon + 2).map((each) => ({ ...each, zone: name })),
  )
  const changeIn = (monday: number, list: readonly ZoneChange[]): ZoneChange | undefined => {
    const { start, end } = bounds(clock, monday)
    return list.find((change) => change.at.getTime() >= start && change.at.getTime() < end)
  }
  const describe = (monday: number, list: readonly ZoneChange[]): LookedAt => {
    const inside = changeIn(monday, list)
    const change = inside ?? changeIn(monday - 7 * day, list)
    const week = { monday: isoDate(monday), coming: monday === coming }
    if (change === undefined) return week
    const { zone: of, direction } = change
    return { ...week, change: { zone: of, direction, when: inside === undefined ? 'before' : 'in' } }
  }
  const mondays = Array.from({ length: horizon - 1 }, (_, index) => coming + index * 7 * day)
  const all = changes.flat()
  const season = (monday: number): string =>
    clocks.map((each) => wallOf(each, startOfDay(clock, monday)) - monday).join(' ')
  const seasons = new Map<string, number>()
  for (const monday of mondays)
    if (describe(monday, all).change === undefined && !seasons.has(season(monday))) seasons.set(season(monday), monday)
  const chosen = new Set([coming, ...seasons.values()])
  const { start: comingStart } = bounds(clock, coming)
  // A change later in the current week matters now, even if next year's change behaves the same.
  if (all.some((change) => change.at.getTime() >= at && change.at.getTime() < comingStart)) chosen.add(coming - 7 * day)
  const next = changes.flatMap((list) => nextChanges(list, comingStart))
  for (const monday of mondays) if (describe(monday, next).change !== undefined) chosen.add(monday)
  return [...chosen].sort((a, b) => a - b).map((monday) => describe(monday, all))
}
