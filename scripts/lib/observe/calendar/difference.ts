// What a week lacks or has too much.

import type { Reading, Stretch } from './week.ts'
import type { LookedAt } from './weeks.ts'

/** A stretch that is wished and not silent, or silent and not wished. */
export interface Difference {
  readonly kind: 'gap' | 'extra'
  /** Of the week in which it was found. */
  readonly monday: string
  /** ISO 8601 with offset, `to` not within. */
  readonly from: string
  readonly to: string
  readonly everyWeek: boolean
  /** The readings of a duration in which it is there. */
  readonly readings: readonly Reading[]
}

export type Ends = Pick<Stretch, 'from' | 'to'>

/** Neighbouring stretches joined, whatever schedules they name. */
export const joined = (stretches: readonly Ends[]): Ends[] => {
  const result: { from: string; to: string }[] = []
  for (const { from, to } of stretches) {
    const last = result.at(-1)
    if (last?.to === from) last.to = to
    else result.push({ from, to })
  }
  return result
}

/** A difference and the week it was found in. */
export interface Found {
  readonly each: Difference
  readonly looked: LookedAt
}
