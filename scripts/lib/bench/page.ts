// The report page.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Handlebars from 'handlebars'
import { formatBytes } from '../_helpers/format.ts'
import type { BenchResults, Quantity, RowResult, SideResult } from './measurement.ts'
import { plot } from './plot.ts'
import { formatComparison, formatFigure, formatLoad, formatRatio, has, ratioNoun } from './words.ts'

const quantities: readonly Quantity[] = ['seconds', 'bytes']

const sideView = (side: SideResult, rowQuantities: readonly Quantity[]) => ({
  ...side,
  kind: side.tool === 'boxhound' ? 'own' : 'peer',
  figures: rowQuantities.map((quantity) => formatFigure(side, quantity)),
  ran: side.runs.length,
  errors: side.runs.flatMap(({ pair, error }) => (error === undefined ? [] : [`run ${pair}: ${error}`])),
  template: side.template ?? false,
})

const rowView = (row: RowResult) => {
  const measured = quantities.filter((quantity) => has(row.sides, quantity))
  const [first] = row.comparisons
  return {
    ...row,
    notRun: row.notRun ?? false,
    headings: measured.map((quantity) => (quantity === 'seconds' ? 'time' : 'size')),
    plots: measured.flatMap((quantity) => plot(row.sides, quantity, `${row.title}: ${quantity} of every run`) ?? []),
    sides: row.sides.map((side) => sideView(side, measured)),
    claims: row.comparisons.map((comparison) => ({
      text: formatComparison(comparison),
      state: comparison.met === undefined ? 'plain' : comparison.met ? 'met' : 'missed',
    })),
    headline: first === undefined ? '–' : formatRatio(first.ratio.median),
    noun: first === undefined ? '' : ratioNoun(first),
    against: first?.side ?? '',
    day: row.at.slice(0, 16).replace('T', ' '),
    loads: formatLoad(row.load),
  }
}

/**
 * The results as one self-contained page: no scripts, no external addresses, both colour schemes.
 *
 * @param tool the checkout, which contains the page's template.
 */
export const formatPage = async (results: BenchResults, tool: string): Promise<string> => {
  const template = await readFile(join(tool, 'scripts/lib/bench/page.html.hbs'), 'utf8')
  const render = Handlebars.create().compile(template, { strict: true })
  const { machine, tools } = results
  return render({
    ...results,
    rows: results.rows.map(rowView),
    machine: { ...machine, memory: formatBytes(machine.memoryBytes), kvm: machine.accelerator === 'kvm' },
    tools: Object.entries(tools).map(([name, version]) => `${name} ${version}`),
  })
}
