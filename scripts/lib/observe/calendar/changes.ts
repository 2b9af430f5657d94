// Clock changes.

import { clockOf } from './clock.ts'
import { day, minute } from './days.ts'

/** The instant of a clock change, and the offsets before and after it. */
export interface ClockChange {
  readonly at: Date
  /** `UTC+2`, `UTC-3:30`, `UTC+0`. */
  readonly before: string
  readonly after: string
  readonly direction: 'forward' | 'back'
}

const shownOffset = (offset: number): string => {
  const minutes = Math.abs(offset) / minute
  const rest = minutes % 60 === 0 ? '' : `:${String(minutes % 60).padStart(2, '0')}`
  return `UTC${offset < 0 ? '-' : '+'}${Math.floor(minutes / 60)}${rest}`
}

/** A zone's clock changes from an instant on, in order. @throws BoxhoundError E_TIMEZONE. */
export const clockChanges = (zone: string, from: Date, weeks: number): ClockChange[] => {
  const clock = clockOf(zone, from.getTime(), from.getTime() + weeks * 7 * day)
  return clock.slice(1).map((span, index) => {
    const before = clock[index]?.offset ?? span.offset
    return {
      at: new Date(span.from),
      before: shownOffset(before),
      after: shownOffset(span.offset),
      direction: span.offset > before ? 'forward' : 'back',
    }
  })
}
