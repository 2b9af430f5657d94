// Formats progress and results for a terminal.

import { formatCount } from '../_helpers/format.ts'
import type { MeasureEvents } from './measure.ts'
import type { Attempt, Quantity, RowResult, Side } from './measurement.ts'
import { formatComparison, formatFigure, formatLoad, formatQuantity, has } from './words.ts'

const quantities: readonly Quantity[] = ['seconds', 'bytes']

const ended = ({ measured, error }: Attempt): string =>
  error === undefined
    ? quantities
        .flatMap((quantity) => {
          const value = measured?.[quantity]
          return value === undefined ? [] : [formatQuantity(value, quantity)]
        })
        .join(', ')
    : `failed: ${error}`

/** Reports each run as it ends, on one line, since a run takes minutes. */
export const tellProgress = (say: (line: string) => void, pairs: number): MeasureEvents => ({
  rowStarted: ({ number, title }) => say(`\nrow ${number}  ${title}`),
  runStarted: () => {},
  runEnded: ({ name }: Side, attempt) => say(`  pair ${attempt.pair}/${pairs}  ${name.padEnd(30)}  ${ended(attempt)}`),
})

/** A row's result for a terminal: medians with their range, failed runs, ratios, load. */
export const rowLines = (row: RowResult): string[] => {
  if (row.notRun !== undefined) return [`  not run: ${row.notRun}`]
  const width = Math.max(...row.sides.map(({ name }) => name.length))
  const shown = quantities.filter((quantity) => has(row.sides, quantity))
  return [
    ...row.sides.map((side) =>
      [
        `  ${side.name.padEnd(width)}`,
        ...shown.map((quantity) => formatFigure(side, quantity)),
        `${formatCount(side.runs.length, 'run')}, ${side.failed} failed`,
      ].join('  '),
    ),
    ...row.comparisons.map((comparison) => `  → ${formatComparison(comparison)}`),
    `  ${formatLoad(row.load)}`,
  ]
}
