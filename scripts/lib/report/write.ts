// Writes the report files.

import { join } from 'node:path'
import { writeAtomic } from '../_helpers/atomic.ts'
import type { VerifyResults } from '../verify/results.ts'
import { formatHtml } from './html.ts'
import { formatJunit } from './junit.ts'

/**
 * Writes results.json, junit.xml and report.html, each atomically.
 *
 * @param tool the checkout.
 * @param folder `out/BOX/verify` or the caller's `--out`.
 */
export const writeReports = async (results: VerifyResults, tool: string, folder: string): Promise<void> => {
  const html = await formatHtml(results, tool)
  // In parallel, since each waits for the disk.
  await Promise.all([
    writeAtomic(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`),
    writeAtomic(join(folder, 'junit.xml'), formatJunit(results)),
    writeAtomic(join(folder, 'report.html'), html),
  ])
}
