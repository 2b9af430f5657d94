// Hours until a rule begins, as a recurrence.

import { clockOf, instantOf, wallOf } from './clock.ts'
import { day, minute, weekdayOf } from './days.ts'
import { startMargin } from './next.ts'
import { mostRecurrences, parseRecurrence, type Recurrence } from './recurrence.ts'

/** Hours that are silent at once, in addition to a downtime's rules. */
export interface Bridge {
  /** Duration from now on. */
  readonly minutes: number
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** How many days before now an occurrence of up to a week may have begun, allowing for time zones. */
const reach = 9

/** The end of the occurrence that would be in progress now, or about to begin, if the rule had always existed. */
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
      // The account doesn't say whether it counts by the wall clock or elapsed time, so take the later end.
      const to = Math.max(from + length, instantOf(clock, wall + length))
      return from < at + startMargin && to > at ? [to] : []
    })
  return ends.length === 0 ? undefined : Math.max(...ends)
}

/**
 * Makes a downtime silent at once if its own hours have begun, or begin too soon to be sent as a start. A start in the
 * past is refused, so the rules begin with the next occurrence. An extra recurrence, which has no start and so begins
 * immediately, lasts until the end of the current occurrence.
 *
 * @returns undefined if nothing would be silent now, or if the downtime has no room for another recurrence.
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

/** A bridge in the API's format. */
export const bridgeRecurrence = ({ minutes }: Bridge) => ({ duration: `${minutes}m`, rrule: once })

/** Whether a rule occurs only once, like a bridge or somebody's mute. It is not part of what the downtime means. */
export const isOnce = (rrule: string): boolean => /(?:^|;)COUNT=1(?:;|$)/.test(rrule)
