// Adds up what a receiver has counted during a load.

import { addCounts, type Counts, noCounts, type Observation } from './observation.ts'

export interface Tally {
  readonly counts: Counts
  /** The receiver ended and another one began: what it had counted is gone. */
  readonly restarted: boolean
}

/**
 * Seconds for which a minute's figures are published. The trace-agent looks every 5 or 10 seconds whether a minute has passed since it last did, so that it is 60
 * to 70.
 */
const published = 65

const isSame = (one: Counts, other: Counts): boolean => JSON.stringify(one) === JSON.stringify(other)

/** Figures that were seen without a change from `from` to `to`, the moment at which others were seen or the last look. */
interface Stretch {
  readonly counts: Counts
  readonly from: number
  readonly to: number
}

const stretchesOf = (observations: readonly Observation[]): Stretch[] => {
  const stretches: Stretch[] = []
  for (const { at, counts } of observations) {
    const last = stretches.at(-1)
    if (last !== undefined) stretches[stretches.length - 1] = { ...last, to: at }
    if (last === undefined || !isSame(last.counts, counts)) stretches.push({ counts, from: at, to: at })
  }
  return stretches
}

/**
 * Minutes one by one. Those that are seen in the beginning are of the time before. Figures that stay for two minutes are two minutes
 * with the same figures: a steady load makes them.
 */
const minutes = (observations: readonly Observation[]): Counts =>
  stretchesOf(observations)
    .slice(1)
    .reduce(
      (sum, { counts, from, to }) => addCounts(sum, counts, Math.max(1, Math.round((to - from) / published))),
      noCounts,
    )

/**
 * What a service's traces came to between the first observation and the last. Of a receiver that tells of minutes there must be one each
 * 20 seconds or so.
 */
export const tally = (observations: readonly Observation[]): Tally => {
  const [first, last] = [observations[0], observations.at(-1)]
  if (first === undefined || last === undefined) return { counts: noCounts, restarted: false }
  const pids = new Set(observations.flatMap(({ pid }) => (pid === null ? [] : [pid])))
  return {
    counts: last.span === 'total' ? addCounts(last.counts, first.counts, -1) : minutes(observations),
    restarted: pids.size > 1,
  }
}
