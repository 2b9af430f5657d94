import { join } from 'node:path'
import { type Project, shown } from '../_helpers/paths.ts'
import type { MachineChoice } from '../boot/kind.ts'
import { readPublished } from '../boot/published.ts'
import { verifyImage } from '../verify/image.ts'
import type { VerifyResults } from '../verify/types.ts'
import { formatResult, formatSummary, paintFor } from './terminal.ts'
import { writeReports } from './write.ts'

export interface ReportOptions {
  /** True prints nothing to stdout: the caller prints a document there. */
  readonly quiet: boolean
  readonly environment: NodeJS.ProcessEnv
  readonly only?: readonly string[]
  /** Default: qemu. */
  readonly machine?: MachineChoice
  /** Folder for the reports, default out/BOX/verify. */
  readonly out?: string
}

/** Tells the results on the terminal as they come, and at the end; writes the reports. */
export const reporter = (project: Project, folder: string, { quiet, environment }: ReportOptions) => {
  const paint = paintFor(process.stdout, environment)
  const say = (text: string): void => (quiet ? undefined : console.log(text))
  return {
    onNote: (text: string): void => (quiet ? console.error(text) : say(paint('dim', text))),
    onResult: (result: VerifyResults['checks'][number]): void => say(formatResult(result, paint)),
    finish: async (results: VerifyResults): Promise<void> => {
      await writeReports(results, project.root, folder)
      say(`\nreport: ${shown(join(folder, 'report.html'))}\n${formatSummary(results, paint)}`)
    },
  }
}

/**
 * Verifies a box's published image, tells it on the terminal and writes the reports.
 *
 * @returns the results; red checks are not an error here.
 */
export const verifyPublished = async (
  project: Project,
  box: string,
  options: ReportOptions,
): Promise<VerifyResults> => {
  const { environment, only = [], machine = 'qemu' } = options
  // What a cold boot proved of the image is not replaced by what a container shows.
  const own = machine === 'qemu' ? 'verify' : 'verify-container'
  const { onNote, onResult, finish } = reporter(project, options.out ?? join(project.out, box, own), options)
  const published = await readPublished(project, box)
  const results = await verifyImage(project, published, { environment, onNote, onResult, only, machine })
  await finish(results)
  return results
}
