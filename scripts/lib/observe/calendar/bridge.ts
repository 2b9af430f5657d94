// Hours until a rule begins, as a recurrence.

import { clockOf, instantOf, wallOf } from './clock.ts'
import { day, minute, weekdayOf } from './days.ts'
import { startMargin } from './next.ts'
import { mostRecurrences, parseRecurrence, type Recurrence } from './recurrence.ts'

/** Hours that are silent at once, beside a downtime's rules. */
export interface Bridge {
  /** Length from now on. */
  readonly minutes: number
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** The days before now from which a rule of up to a week can still be on, in zones that are hours off. */
const reach = 9

/** The end of what the rule would be in the middle of, or about to begin, had it always been at work. */
const endOf = (recurrence: Recurrence, zone: string, at: number): number | undefined => {
  const { days, minuteOfDay, minutes } = parseRecurrence(recurrence)
  const clock = clockOf(zone, at - (reach + 1) * day, at + (reach + 1) * day)
  const today = Math.floor(wallOf(clock, at) / day) * day
  const length = minutes * minute
  const ends = Array.from({ length: reach + 2 }, (_, index) => today + (1 - index) * day)
    .filter((date) => days.includes(weekdayOf(date)))
    .flatMap((date) => {
      const wall = date + minuteOfDay * minute
      const from = instantOf(clock, wall)
      // By the wall clock or as time that passes: the account doesn't say which, so the later of the two.
      const to = Math.max(from + length, instantOf(clock, wall + length))
      return from < at + startMargin && to > at ? [to] : []
    })
  return ends.length === 0 ? undefined : Math.max(...ends)
}

/**
 * What makes a downtime silent at once where its own hours have begun already, or begin too soon to be told as a start: a start in the
 * past is refused, so the rules begin with the next occurrence. A recurrence of its own, which has no start and so begins when the account
 * is told, reaches to the end of this one.
 *
 * @returns undefined where nothing would be silent now, or where the downtime has no room for one more recurrence.
 */
export const bridgeOf = (recurrences: readonly Recurrence[], zone: string, now: Date): Bridge | undefined => {
  if (recurrences.length >= mostRecurrences) return undefined
  const at = now.getTime()
  const ends = recurrences.flatMap((recurrence) => endOf(recurrence, zone, at) ?? [])
  if (ends.length === 0) return undefined
  const until = Math.max(...ends)
  return { minutes: Math.ceil((until - at) / minute), until }
}

const once = 'FREQ=DAILY;COUNT=1'

/** A bridge as the API takes it. */
export const bridgeRecurrence = ({ minutes }: Bridge) => ({ duration: `${minutes}m`, rrule: once })

/** Whether a rule happens once: a bridge, or somebody's mute; it says nothing of what a downtime is. */
export const isOnce = (rrule: string): boolean => /(?:^|;)COUNT=1(?:;|$)/.test(rrule)
