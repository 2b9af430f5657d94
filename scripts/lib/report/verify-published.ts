// Verifies the published image and reports.

import { join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import type { MachineChoice } from '../boot/kind.ts'
import { readPublished } from '../boot/published-image.ts'
import { verifyImage } from '../verify/image.ts'
import type { VerifyResults } from '../verify/results.ts'
import { type ReporterOptions, reporter } from './reporter.ts'

export interface ReportOptions extends ReporterOptions {
  readonly only?: readonly string[]
  /** Default: qemu. */
  readonly machine?: MachineChoice
  /** Folder for the reports; default out/BOX/verify. */
  readonly out?: string
}

/**
 * Verifies a box's published image, prints the results and writes the reports.
 *
 * @returns the results; red checks are not an error here.
 */
export const verifyPublished = async (
  box: string,
  options: ReportOptions,
  project: Project,
): Promise<VerifyResults> => {
  const { environment, only = [], machine = 'qemu' } = options
  // A container's results must not replace what a cold boot has proved.
  const own = machine === 'qemu' ? 'verify' : 'verify-container'
  const { onNote, onResult, finish } = reporter(options.out ?? join(project.out, box, own), options, project)
  const published = await readPublished(box, project)
  const results = await verifyImage(published, { environment, onNote, onResult, only, machine }, project)
  await finish(results)
  return results
}
