// What a week lacks or has in excess.

import type { Reading, Stretch } from './week.ts'
import type { LookedAt } from './weeks.ts'

/** A period that should be silent and isn't, or is silent and shouldn't be. */
export interface Difference {
  readonly kind: 'gap' | 'extra'
  /** Monday of the week in which it was found. */
  readonly monday: string
  /** ISO 8601 with offset; `to` is exclusive. */
  readonly from: string
  readonly to: string
  readonly everyWeek: boolean
  /** The readings of a duration under which it occurs. */
  readonly readings: readonly Reading[]
}

export type Ends = Pick<Stretch, 'from' | 'to'>

/** Merges adjacent periods, whatever schedules they name. */
export const joined = (stretches: readonly Ends[]): Ends[] => {
  const result: { from: string; to: string }[] = []
  for (const { from, to } of stretches) {
    const last = result.at(-1)
    if (last?.to === from) last.to = to
    else result.push({ from, to })
  }
  return result
}

/** A difference with its week. */
export interface Found {
  readonly each: Difference
  readonly looked: LookedAt
}
