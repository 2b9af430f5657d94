import { type Weekday, weekdays } from '../../../scripts/lib/observe/calendar/days.ts'
import { recurrenceOf, type Silence } from '../../../scripts/lib/observe/calendar/next.ts'
import type { Schedule } from '../../../scripts/lib/observe/calendar/recurrence.ts'
import type { Wish } from '../../../scripts/lib/observe/calendar/week.ts'

export const now = new Date('2026-11-20T12:00Z')

const work = [
  [0, 540],
  [1140, 1440],
] as const
const whole = [[0, 1440]] as const

/** Nights and weekends, as the default file wishes them. */
export const wish: Wish = {
  monday: work,
  tuesday: work,
  wednesday: work,
  thursday: work,
  friday: work,
  saturday: whole,
  sunday: whole,
}

export const noWish: Wish = {
  monday: [],
  tuesday: [],
  wednesday: [],
  thursday: [],
  friday: [],
  saturday: [],
  sunday: [],
}

export const schedule = (name: string, silence: Silence, timezone: string, at = now): Schedule => ({
  name,
  timezone,
  recurrences: [recurrenceOf(silence, timezone, at)],
})

const workdays = weekdays.slice(0, 5)
const night = (days: readonly Weekday[]): Silence => ({ days, from: '19:00', to: '09:00' })

/** Nights from Sunday's on and one rule for the weekend. */
export const defaults = (zone: string, at = now): Schedule[] => [
  schedule('nights', night(['sunday', ...workdays]), zone, at),
  schedule('weekend', { days: ['saturday'], from: '00:00', for: '2d' }, zone, at),
]

/** As people made them by hand: no night before Monday, a day each for Saturday and Sunday. */
export const byHand = (zone: string): Schedule[] => [
  schedule('nights', night(workdays), zone),
  schedule('weekend', { days: ['saturday', 'sunday'], from: '00:00', for: '1d' }, zone),
]

/** A weekend that reaches to Monday 09:00. */
export const longWeekend = (zone: string): Schedule[] => [
  schedule('nights', night(workdays), zone),
  schedule('weekend', { days: ['saturday'], from: '00:00', for: '57h' }, zone),
]

/** `11-01T08:00 to 11-01T09:00`: ends of stretches by the wall clock, without year and offset. */
export const ends = (stretches: readonly { readonly from: string; readonly to: string }[]): string[] =>
  stretches.map(({ from, to }) => `${from.slice(5, 16)} to ${to.slice(5, 16)}`)
