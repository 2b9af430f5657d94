// Which weeks are worth a look.

import { type ClockChange, clockChanges } from './changes.ts'
import { type Clock, clockOf, startOfDay, wallOf } from './clock.ts'
import { day, isoDate, weekdayIndex } from './days.ts'

/** How far changes of the clock are looked for: more than a year, whatever the day. */
const horizon = 58

/** A week worth a look. `change`: the clock is changed in it, or was in the week before, so that what began there ends in this one. */
export interface LookedAt {
  readonly monday: string
  /** The one after `now`. */
  readonly coming: boolean
  readonly change?: {
    readonly zone: string
    readonly direction: ClockChange['direction']
    readonly when: 'in' | 'before'
  }
}

/** The Monday of the week in which an instant lies, as the wall of its midnight. */
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

/** The next change in either direction at or after an instant. */
const nextChanges = (changes: readonly ZoneChange[], from: number): ZoneChange[] => {
  const ahead = changes.filter(({ at }) => at.getTime() >= from)
  const next = (['forward', 'back'] as const).map((way) => ahead.find(({ direction }) => direction === way))
  return next.filter((change) => change !== undefined)
}

/**
 * The weeks in which downtimes may behave in different ways, in order: the coming one, an ordinary one for each difference that the
 * zones' clocks can have, and those in and after which one of the clocks is put forward or back next (within 58 weeks), the running
 * one too when that is ahead in it.
 *
 * @param zone whose Mondays are meant.
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
  // A change that is still ahead in the running week matters today, though the same change of next year shows the same.
  if (all.some((change) => change.at.getTime() >= at && change.at.getTime() < comingStart)) chosen.add(coming - 7 * day)
  const next = changes.flatMap((list) => nextChanges(list, comingStart))
  for (const monday of mondays) if (describe(monday, next).change !== undefined) chosen.add(monday)
  return [...chosen].sort((a, b) => a - b).map((monday) => describe(monday, all))
}
