// Reports a verification as it runs.

import { join } from 'node:path'
import { type Project, shown } from '../_helpers/paths.ts'
import type { VerifyResults } from '../verify/results.ts'
import { formatResult, formatSummary, paintFor } from './terminal.ts'
import { writeReports } from './write.ts'

export interface ReporterOptions {
  /** True prints nothing to stdout, where the caller prints a document. */
  readonly quiet: boolean
  readonly environment: NodeJS.ProcessEnv
}

/** Prints results to the terminal as they come in, and a summary; writes the reports. */
export const reporter = (folder: string, { quiet, environment }: ReporterOptions, project: Project) => {
  const paint = paintFor(process.stdout, environment)
  const say = (text: string): void => (quiet ? undefined : console.log(text))
  return {
    onNote: (text: string): void => (quiet ? console.error(text) : say(paint('dim', text))),
    onResult: (result: VerifyResults['checks'][number]): void => say(formatResult(result, paint)),
    finish: async (results: VerifyResults): Promise<void> => {
      await writeReports(results, project.tool, folder)
      say(`\nreport: ${shown(join(folder, 'report.html'))}\n${formatSummary(results, paint)}`)
    },
  }
}
