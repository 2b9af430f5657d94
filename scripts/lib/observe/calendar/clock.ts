// Converts between instants and a zone's wall clock.

import { IANAZone } from 'luxon'
import { clockTime, day, longDate, minute } from './days.ts'
import { assertZone } from './zone.ts'

/** A period in which a zone's offset from UTC is constant: its start and the offset, both in milliseconds. */
export interface Span {
  readonly from: number
  readonly offset: number
}

/**
 * A zone's clock over a period: its spans in order. The first begins with the period, each later one with a clock
 * change.
 *
 * Two kinds of numbers are used below. An instant is milliseconds since the epoch. A wall is the date and time that a
 * clock shows, as the milliseconds that they would be in UTC.
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
  // No zone changes twice within a day, so checking once a day finds every change.
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

/** An instant on the zone's clock: `Thu 26 Nov 2026 09:00`. */
export const shownInstant = (at: number, zone: string): string => {
  const wall = wallOf(clockOf(zone, at, at + minute), at)
  return `${longDate(wall)} ${clockTime(Math.floor((wall % day) / minute))}`
}

/** The instants at which the clock shows `wall`, in order: none if the clock skips it, two if it is set back. */
export const instantsOf = (clock: Clock, wall: number): number[] =>
  clock.flatMap(({ from, offset }, index) => {
    const at = wall - offset
    const inside = (index === 0 || at >= from) && at < (clock[index + 1]?.from ?? Number.POSITIVE_INFINITY)
    return inside ? [at] : []
  })

/** The clock change that skips `wall`, and the offset before it. */
const jumpOver = (clock: Clock, wall: number): { at: number; before: number } | undefined => {
  for (const [index, { from, offset }] of clock.entries()) {
    const before = clock[index - 1]?.offset
    if (before !== undefined && wall >= from + before && wall < from + offset) return { at: from, before }
  }
  return undefined
}

/**
 * The instant of a local date and time by the rule of RFC 5545 (3.3.5): the first of two; and a nonexistent time uses
 * the offset before the change, so that 02:30 is half an hour after it.
 */
export const instantOf = (clock: Clock, wall: number): number =>
  instantsOf(clock, wall)[0] ?? wall - (jumpOver(clock, wall)?.before ?? clock[0].offset)

/** The first instant of a date, given the wall of its midnight: the clock change itself if that skips midnight. */
export const startOfDay = (clock: Clock, midnight: number): number =>
  jumpOver(clock, midnight)?.at ?? instantOf(clock, midnight)
