// Prepares and measures one row, or records why it was not run.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { compare, sideResult } from './compare.ts'
import { loadNow } from './machine.ts'
import type { Attempt, Bench, OpenRow, Row, RowResult, Side } from './measurement.ts'
import { runPairs } from './pairs.ts'
import { forReaders } from './shown.ts'

export interface MeasureEvents {
  readonly rowStarted: (row: Row) => void
  readonly runStarted: (side: Side, pair: number) => void
  readonly runEnded: (side: Side, attempt: Attempt) => void
}

const fileName = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-')

/** Removes paths of this machine, since others read the page. */
const withoutPaths = (bench: Bench, logs: string, attempt: Attempt): Attempt => {
  if (attempt.error === undefined) return attempt
  const error = attempt.error.replaceAll(logs, 'logs')
  return { ...attempt, error: forReaders(error, { work: bench.work, root: bench.project.tool }) }
}

const measureSides = async (
  row: Row,
  { sides, close }: OpenRow,
  pairs: number,
  bench: Bench,
  logs: string,
  events: MeasureEvents,
): Promise<Pick<RowResult, 'sides' | 'comparisons' | 'load'>> => {
  const before = loadNow()
  const runs = await withCleanup(
    async () => close?.(),
    () =>
      runPairs(sides, pairs, (side, pair) => join(logs, `${row.number}-${fileName(side.name)}-${pair}.log`), {
        started: events.runStarted,
        ended: events.runEnded,
      }),
  )
  const results = sides.map((side, index) =>
    sideResult(
      side,
      (runs[index] ?? []).map((attempt) => withoutPaths(bench, logs, attempt)),
    ),
  )
  return { sides: results, comparisons: compare(results, row.goals), load: { before, after: loadNow() } }
}

/**
 * Measures a row. If it can't be prepared, the result has the reason (`notRun`) and the other rows go on. Either this
 * machine or checkout lacks something, or the preparation failed (`broken`).
 *
 * @param logs folder for the output of every run.
 * @throws BoxhoundError E_INTERRUPTED, and any unexpected error.
 */
export const measureRow = async (
  row: Row,
  pairs: number,
  bench: Bench,
  logs: string,
  events: MeasureEvents,
): Promise<RowResult> => {
  events.rowStarted(row)
  await mkdir(logs, { recursive: true })
  const { number, title, work, notes } = row
  const shared = { number, title, work, notes, at: new Date().toISOString(), pairs }
  const load = loadNow()
  try {
    return { ...shared, ...(await measureSides(row, await row.open(bench), pairs, bench, logs, events)) }
  } catch (error) {
    if (!(error instanceof BoxhoundError) || error.code === 'E_INTERRUPTED') throw error
    const words = [error.message, error.details.found].filter((part) => part !== undefined).join('; ')
    return {
      ...shared,
      notRun: forReaders(words, { work: bench.work, root: bench.project.tool }),
      ...(error.exitCode === 3 ? {} : { broken: true }),
      sides: [],
      comparisons: [],
      load: { before: load, after: loadNow() },
    }
  }
}
