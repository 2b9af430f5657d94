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
 * Proves of a box's published image what its Agent sends, tells it on the terminal, and writes the reports to `out/BOX/verify-wire`;
 * the points that arrived are kept there for the preview of the dashboard.
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
