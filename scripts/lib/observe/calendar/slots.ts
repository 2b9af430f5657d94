// Half-hours.

import { type Clock, clockOf, startOfDay } from './clock.ts'
import { clockTime, day, minute, shortDate } from './days.ts'
import type { Stretch, Week } from './week.ts'

/** The state of a half-hour: the first of gap, extra, overlap, silent and open that applies to any part of it. */
export type Slot = 'silent' | 'gap' | 'overlap' | 'extra' | 'open'

/** A clock change within a day: its direction, the time shown just before, and how many half-hours it skips. */
export interface DayChange {
  readonly direction: 'forward' | 'back'
  readonly at: string
  /** Number of half-hours of the day before the change. */
  readonly index: number
  /** Wall-clock half-hours that are skipped; negative for repeated ones. */
  readonly skipped: number
}

/** A day in half-hours of elapsed time: 48, or 46 or 50 with a clock change of one hour. */
export interface DaySlots {
  /** `Mon 23 Nov`. */
  readonly day: string
  readonly slots: readonly Slot[]
  /** Hours of elapsed time in the day. */
  readonly hours: number
  readonly change?: DayChange
}

const half = 30 * minute

const changeOf = (clock: Clock, date: number, start: number, end: number): DayChange | undefined => {
  const index = clock.findIndex(({ from }, at) => at > 0 && from >= start && from < end)
  const [before, after] = [clock[index - 1], clock[index]]
  if (before === undefined || after === undefined) return undefined
  const shift = after.offset - before.offset
  return {
    direction: shift > 0 ? 'forward' : 'back',
    at: clockTime((after.from + before.offset - date) / minute),
    index: (after.from - start) / half,
    skipped: shift / half,
  }
}

/** The half-hours of each day of a week, from Monday on, for drawing. */
export const slotsOf = (week: Week): DaySlots[] => {
  const monday = Date.parse(`${week.monday}T00:00Z`)
  const clock = clockOf(week.zone, monday - 3 * day, monday + 10 * day)
  const kinds: readonly (readonly [Slot, readonly Stretch[]])[] = [
    ['gap', week.gaps],
    ['extra', week.extra],
    ['overlap', week.overlaps],
    ['silent', week.silent],
  ]
  const ends = kinds.flatMap(([kind, stretches]) =>
    stretches.map(({ from, to }) => ({ kind, from: Date.parse(from), to: Date.parse(to) })),
  )
  const slotAt = (from: number, to: number): Slot =>
    ends.find((stretch) => stretch.from < to && from < stretch.to)?.kind ?? 'open'
  return Array.from({ length: 7 }, (_, index) => {
    const date = monday + index * day
    const [start, end] = [startOfDay(clock, date), startOfDay(clock, date + day)]
    const count = Math.ceil((end - start) / half)
    const change = changeOf(clock, date, start, end)
    return {
      day: shortDate(date),
      slots: Array.from({ length: count }, (__, slot) =>
        slotAt(start + slot * half, Math.min(start + (slot + 1) * half, end)),
      ),
      hours: (end - start) / (2 * half),
      ...(change === undefined ? {} : { change }),
    }
  })
}
