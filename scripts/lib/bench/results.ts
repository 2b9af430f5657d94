// Writes results.json and the page, keeping earlier rows.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { writeAtomic } from '../_helpers/atomic.ts'
import type { BenchResults, RowResult } from './measurement.ts'
import { formatPage } from './page.ts'

export const resultsFile = 'results.json'
export const pageFile = 'report.html'

const earlier = async (folder: string): Promise<BenchResults | undefined> => {
  try {
    const parsed = JSON.parse(await readFile(join(folder, resultsFile), 'utf8')) as BenchResults
    return parsed.schema === 1 ? parsed : undefined
  } catch {
    return undefined // missing or truncated: nothing to keep
  }
}

/**
 * Merges new rows with earlier ones of the same machine and boxhound version. Each row has its own time and load. A row
 * that could not run doesn't replace an earlier measurement.
 */
export const mergeResults = (known: BenchResults | undefined, fresh: BenchResults): BenchResults => {
  if (known === undefined || known.boxhound !== fresh.boxhound || !isDeepStrictEqual(known.machine, fresh.machine))
    return fresh
  const rows = new Map<number, RowResult>(known.rows.map((row) => [row.number, row]))
  for (const row of fresh.rows) {
    const old = rows.get(row.number)
    if (row.notRun === undefined || old === undefined || old.notRun !== undefined) rows.set(row.number, row)
  }
  return {
    ...fresh,
    tools: { ...known.tools, ...fresh.tools },
    rows: [...rows.values()].toSorted((a, b) => a.number - b.number),
  }
}

/**
 * Writes results.json and report.html into a folder, keeping rows of earlier runs.
 *
 * @param tool the checkout, which contains the page's template.
 */
export const writeResults = async (fresh: BenchResults, folder: string, tool: string): Promise<BenchResults> => {
  const results = mergeResults(await earlier(folder), fresh)
  await writeAtomic(join(folder, resultsFile), `${JSON.stringify(results, null, 2)}\n`)
  await writeAtomic(join(folder, pageFile), await formatPage(results, tool))
  return results
}
