// Timings of stages, as a table and as JSON.

import { formatSeconds } from '../_helpers/format.ts'
import type { Limits } from './schedule.ts'
import type { TimedResult } from './together.ts'

const rounded = (seconds: number | undefined): number | null =>
  seconds === undefined ? null : Math.round(seconds * 100) / 100

/** `out/test/timings.json`: for each stage its duration, start, wait and processor time. */
export const timingsDocument = (results: readonly TimedResult[], seconds: number, limits: Limits): string =>
  `${JSON.stringify(
    {
      seconds: rounded(seconds),
      ...limits,
      stages: results.map((result) => ({
        name: result.name,
        started: rounded(result.startedAt),
        waited: rounded(result.waited),
        seconds: rounded(result.seconds),
        computed: rounded(result.computed),
        passed: result.passed,
        failed: result.failed,
        skipped: result.skipped,
      })),
    },
    undefined,
    2,
  )}\n`

const heads = ['stage', 'tests', 'seconds', 'CPU seconds', 'started at', 'waited']

const row = (result: TimedResult): string[] => [
  result.name,
  `${result.passed + result.failed}`,
  result.seconds.toFixed(1),
  result.computed?.toFixed(1) ?? '–',
  formatSeconds(result.startedAt),
  formatSeconds(result.waited),
]

/** The same for a terminal, in order of starting; the last row adds up all stages. */
export const timingsTable = (results: readonly TimedResult[], seconds: number): string => {
  const total = (key: 'seconds' | 'computed'): number => results.reduce((all, result) => all + (result[key] ?? 0), 0)
  const tests = results.reduce((all, { passed, failed }) => all + passed + failed, 0)
  const rows = [
    heads,
    ...results.map(row),
    ['all', `${tests}`, total('seconds').toFixed(1), total('computed').toFixed(1), '', ''],
  ]
  const widths = heads.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\nin ${formatSeconds(seconds)}`
}
