// Runs sides in turn; distinguishes a failed run from a machine that lacks something.

import { BoxhoundError } from '../_helpers/errors.ts'
import type { Attempt, Measured, Side } from './measurement.ts'

export interface PairEvents {
  readonly started: (side: Side, pair: number) => void
  readonly ended: (side: Side, attempt: Attempt) => void
}

/** What a machine lacks, it lacks in every run, so the row is given up. Any other error is one failed run. */
const isLacking = (error: unknown): boolean => error instanceof BoxhoundError && error.exitCode === 3

const isInterrupted = (error: unknown): boolean => error instanceof BoxhoundError && error.code === 'E_INTERRUPTED'

const attempt = async (side: Side, pair: number, log: string): Promise<Attempt> => {
  try {
    await side.prepare?.()
    const measured: Measured = await side.run(log)
    return { pair, measured }
  } catch (error) {
    if (!(error instanceof BoxhoundError) || isLacking(error) || isInterrupted(error)) throw error
    const { found, file } = error.details
    return { pair, error: [error.message, found, file].filter((part) => part !== undefined).join('; ') }
  }
}

/**
 * Runs the sides in turn, A B A B, so that other load on the machine and its caches affect all of them alike.
 *
 * @param logFor returns the path of a run's log.
 * @returns the runs of each side, in the order of `sides`.
 * @throws BoxhoundError if a side can't run on this machine (exit code 3), or after an interruption. Any other error is
 *   recorded as a failed run.
 */
export const runPairs = async (
  sides: readonly Side[],
  pairs: number,
  logFor: (side: Side, pair: number) => string,
  events: PairEvents,
): Promise<Attempt[][]> => {
  const runs = sides.map((): Attempt[] => [])
  for (let pair = 1; pair <= pairs; pair += 1)
    for (const [index, side] of sides.entries()) {
      events.started(side, pair)
      const ended = await attempt(side, pair, logFor(side, pair))
      runs[index]?.push(ended)
      events.ended(side, ended)
    }
  return runs
}
