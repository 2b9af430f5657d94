// Writes results.json, one JUnit file per host, and the page.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeUnguarded } from '../_helpers/atomic.ts'
import { formatHtml } from '../report/html.ts'
import { formatJunit } from '../report/junit.ts'
import type { CheckResult, VerifyResults } from '../verify/results.ts'
import { formatPage } from './page.ts'
import type { FleetResults, HostResult } from './results.ts'

const count = (checks: readonly CheckResult[], wanted: CheckResult['status']): number =>
  checks.filter(({ status }) => status === wanted).length

/** A host's results in the shape of a box's, for what reads those. */
export const asVerifyResults = ({ name, checks, labAgent, seconds }: HostResult): VerifyResults => ({
  box: name,
  machine: 'host',
  image: null,
  expectations: '',
  labAgent,
  planned: checks.length,
  passed: count(checks, 'passed'),
  failed: count(checks, 'failed'),
  skipped: count(checks, 'skipped'),
  notJudged: count(checks, 'not judged'),
  seconds,
  checks,
})

/** Names of files, one per host: no separator, none twice, not even where case doesn't count. */
export const fileNames = (names: readonly string[]): string[] => {
  const taken = new Set<string>()
  return names.map((name) => {
    const base =
      name
        .replaceAll(/[^\w.-]/g, '_')
        .replace(/^\.+/, '_')
        .slice(0, 120) || '_'
    for (let number = 1; ; number += 1) {
      const file = number === 1 ? base : `${base}~${number}`
      if (taken.has(file.toLowerCase())) continue
      taken.add(file.toLowerCase())
      return file
    }
  })
}

/** The file of what no host shows alone; a host of that name gets another. */
const fleetFile = 'fleet'

const asHost = ({ fleet, seconds }: FleetResults): HostResult => ({
  name: fleetFile,
  address: '',
  status: 'passed',
  seconds,
  labAgent: false,
  facts: null,
  checks: fleet,
})

/** Files written at a time. */
const together = 16

/**
 * Writes everything into a folder. The hosts of an earlier run go away first.
 *
 * @param tool boxhound’s own folder, which has the page's template.
 */
export const writeHosts = async (results: FleetResults, tool: string, folder: string): Promise<void> => {
  await rm(join(folder, 'junit'), { recursive: true, force: true })
  const [whole = '', ...names] = fileNames([fleetFile, ...results.hosts.map(({ name }) => name)])
  const { fleet } = results
  if (fleet.length > 0)
    await writeUnguarded(join(folder, 'junit', `${whole}.xml`), formatJunit(asVerifyResults(asHost(results))))
  for (let at = 0; at < names.length; at += together)
    await Promise.all(
      results.hosts
        .slice(at, at + together)
        .map((host, index) =>
          writeUnguarded(join(folder, 'junit', `${names[at + index]}.xml`), formatJunit(asVerifyResults(host))),
        ),
    )
  const [only] = results.hosts
  // A single host is read check by check; several are compared.
  const page =
    results.planned === 1 && only !== undefined ? formatHtml(asVerifyResults(only), tool) : formatPage(results, tool)
  await writeUnguarded(join(folder, 'report.html'), await page)
  // Last: who sees these results finds the rest.
  await writeUnguarded(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
}
