// The report page.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Handlebars from 'handlebars'
import { formatSeconds } from '../_helpers/format.ts'
import type { CheckResult, VerifyResults } from '../verify/results.ts'
import { isGreen } from '../verify/verdict.ts'
import { machineNames } from './machine.ts'

const groupTitles: Readonly<Record<string, string>> = {
  'first-boot': 'First boot',
  host: 'Host',
  agent: 'Agent',
  check: 'Checks',
  logs: 'Logs',
  database: 'Database',
  app: 'App',
  image: 'Image',
  expect: 'Assertions of your own',
  test: 'Tests of your own',
}

/** Groups checks by the first part of their id, in order of appearance. */
export const groupChecks = (checks: readonly CheckResult[]): { title: string; checks: CheckResult[] }[] => {
  const groups = new Map<string, CheckResult[]>()
  for (const check of checks) {
    const name = check.id.split('.')[0] ?? check.id
    groups.set(name, [...(groups.get(name) ?? []), check])
  }
  return [...groups].map(([name, members]) => ({ title: groupTitles[name] ?? name, checks: members }))
}

/**
 * The results as one self-contained page: no scripts, no external addresses, both colour schemes.
 *
 * @param tool the checkout, which contains the page's template.
 */
export const formatHtml = async (results: VerifyResults, tool: string): Promise<string> => {
  const template = await readFile(join(tool, 'scripts/lib/report/page.html.hbs'), 'utf8')
  const slowest = Math.max(...results.checks.map(({ seconds }) => seconds), 0.001)
  const handlebars = Handlebars.create()
  handlebars.registerHelper('duration', (seconds: number) => formatSeconds(seconds))
  handlebars.registerHelper('share', (seconds: number) => Math.max(1, Math.round((seconds / slowest) * 100)))
  handlebars.registerHelper(
    'mark',
    (status: string) => ({ passed: '✓', failed: '✗', 'not judged': '○' })[status] ?? '–',
  )
  handlebars.registerHelper('class', ({ status, lost }: CheckResult) =>
    lost === true ? 'lost' : status.replace(' ', '-'),
  )
  handlebars.registerHelper('open', ({ status, lost }: CheckResult) => status === 'failed' || lost === true)
  const render = handlebars.compile(template, { strict: true })
  return render({
    ...results,
    machineName: machineNames[results.machine],
    groups: groupChecks(results.checks),
    green: isGreen(results),
    lost: results.checks.some(({ lost }) => lost === true),
    passedShare: (results.passed / Math.max(1, results.planned)) * 100,
    failedShare: (results.failed / Math.max(1, results.planned)) * 100,
  })
}
