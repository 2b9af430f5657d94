// Instants and wall clock of a zone.

import { IANAZone } from 'luxon'
import { clockTime, day, longDate, minute } from './days.ts'
import { assertZone } from './zone.ts'

/** A time during which a zone's offset from UTC stays the same: since when and how much, both in milliseconds. */
export interface Span {
  readonly from: number
  readonly offset: number
}

/**
 * A zone's clock over a range of time: its spans in order, the first from the start of the range, each later one from a change.
 *
 * Two kinds of number are told apart below: an instant is milliseconds since the epoch; a wall is what the clock shows, as the
 * milliseconds that this date and time would be in UTC.
 */
export type Clock = readonly [Span, ...Span[]]

/** The clock of `zone` from one instant to another. @throws BoxhoundError E_TIMEZONE. */
export const clockOf = (zone: string, from: number, to: number): Clock => {
  assertZone(zone)
  const iana = IANAZone.create(zone)
  const offsetAt = (at: number): number => iana.offset(at) * minute
  const first: Span = { from, offset: offsetAt(from) }
  const later: Span[] = []
  let before = first.offset
  // No zone changes twice within a day, so a look a day finds every change.
  for (let start = from; start < to; start += day) {
    const end = Math.min(start + day, to)
    const after = offsetAt(end)
    if (after === before) continue
    let [low, high] = [start, end]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (offsetAt(middle) === before) low = middle
      else high = middle
    }
    later.push({ from: high, offset: after })
    before = after
  }
  return [first, ...later]
}

/** What the clock shows at an instant. */
export const wallOf = (clock: Clock, at: number): number =>
  at + (clock.findLast((span) => span.from <= at) ?? clock[0]).offset

/** `Thu 26 Nov 2026 09:00`: an instant as the zone's clock shows it. */
export const shownInstant = (at: number, zone: string): string => {
  const wall = wallOf(clockOf(zone, at, at + minute), at)
  return `${longDate(wall)} ${clockTime(Math.floor((wall % day) / minute))}`
}

/** The instants at which the clock shows `wall`: none where the clock jumps over it, two where it is put back, in order. */
export const instantsOf = (clock: Clock, wall: number): number[] =>
  clock.flatMap(({ from, offset }, index) => {
    const at = wall - offset
    const inside = (index === 0 || at >= from) && at < (clock[index + 1]?.from ?? Number.POSITIVE_INFINITY)
    return inside ? [at] : []
  })

/** The change of the clock that jumps over `wall`, and the offset before it. */
const jumpOver = (clock: Clock, wall: number): { at: number; before: number } | undefined => {
  for (const [index, { from, offset }] of clock.entries()) {
    const before = clock[index - 1]?.offset
    if (before !== undefined && wall >= from + before && wall < from + offset) return { at: from, before }
  }
  return undefined
}

/**
 * The instant that a local date and time means, by the rule of RFC 5545 (3.3.5): the first of two, and one that does not exist counts
 * by the offset before the jump, so that 02:30 is half an hour after the change.
 */
export const instantOf = (clock: Clock, wall: number): number =>
  instantsOf(clock, wall)[0] ?? wall - (jumpOver(clock, wall)?.before ?? clock[0].offset)

/** The first instant of a date, given as the wall of its midnight: the change itself where the clock jumps over midnight. */
export const startOfDay = (clock: Clock, midnight: number): number =>
  jumpOver(clock, midnight)?.at ?? instantOf(clock, midnight)
