// Verifies what a published image sends, and reports.

import { join } from 'node:path'
import { writeAtomic } from '../_helpers/atomic.ts'
import type { Project } from '../_helpers/paths.ts'
import { readPublished } from '../boot/published-image.ts'
import { reporter } from '../report/reporter.ts'
import type { ReportOptions } from '../report/verify-published.ts'
import type { VerifyResults } from '../verify/results.ts'
import { recordFile, recordOf } from './record.ts'
import { verifyWire } from './wire.ts'

/**
 * Verifies what a published image's Agent sends, prints the results and writes the reports to `out/BOX/verify-wire`;
 * the received points are kept there for the dashboard's preview.
 *
 * @returns the results; red checks are not an error here.
 */
export const verifyPublishedWire = async (
  box: string,
  options: ReportOptions,
  project: Project,
): Promise<VerifyResults> => {
  const folder = options.out ?? join(project.out, box, 'verify-wire')
  const { onNote, onResult, finish } = reporter(folder, options, project)
  const published = await readPublished(box, project)
  const { results, received } = await verifyWire(
    published,
    {
      environment: options.environment,
      machine: options.machine ?? 'auto',
      onNote,
      onResult,
    },
    project,
  )
  await writeAtomic(recordFile(folder), JSON.stringify(recordOf(received)))
  await finish(results)
  return results
}
