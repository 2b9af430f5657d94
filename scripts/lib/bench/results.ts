// Results.json and the page, earlier rows kept.

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
    return undefined // none, or half of one: nothing to keep
  }
}

/**
 * Joins new rows with those that were measured before: on the same machine, with the same version and tools. Each row carries its own
 * time and load. A row that could not run does not drop one that once did.
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
 * Writes results.json and report.html into a folder, rows of earlier runs kept.
 *
 * @param root the checkout, where the page's template is.
 */
export const writeResults = async (fresh: BenchResults, folder: string, root: string): Promise<BenchResults> => {
  const results = mergeResults(await earlier(folder), fresh)
  await writeAtomic(join(folder, resultsFile), `${JSON.stringify(results, null, 2)}\n`)
  await writeAtomic(join(folder, pageFile), await formatPage(results, root))
  return results
}
