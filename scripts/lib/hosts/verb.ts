// `verify` for hosts that boxhound did not build: runs, shows, writes.

import { join } from 'node:path'
import { withCleanup } from '../_helpers/cleanup.ts'
import type { Parsed } from '../_helpers/cli.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { type Project, shown } from '../_helpers/paths.ts'
import { fromCaller } from '../box/caller.ts'
import { paintFor } from '../report/terminal.ts'
import { hostsChoice } from './choice.ts'
import { startFleet } from './fleet.ts'
import { loadGatherer } from './gather.ts'
import { formatChecks, formatFleet, formatHost } from './report.ts'
import type { FleetResults } from './results.ts'
import { writeHosts } from './write.ts'

/** No host has a check that was asked for: a wrong id must not look green. */
const assertSome = ({ hosts }: FleetResults, only: readonly string[]): void => {
  const known = new Set(hosts.flatMap(({ checks }) => checks.map(({ id }) => id)))
  const unknown = only.find((id) => !known.has(id))
  if (unknown !== undefined && hosts.some(({ facts }) => facts !== null))
    throw new BoxhoundError('E_UNKNOWN_ID', `no host has the check ${unknown}`, {
      exitCode: 2,
      found: unknown,
      next: 'run it without --only to see every id',
    })
}

/** Verifies what the command line names, and writes the reports, also when a signal ends the run early. */
export const verifyHosts = async (
  parsed: Parsed,
  project: Project,
  environment: NodeJS.ProcessEnv,
): Promise<FleetResults> => {
  const choice = hostsChoice(parsed)
  const folder = parsed.values.out === undefined ? join(project.out, 'hosts') : fromCaller(parsed.values.out)
  const { tool } = project
  const gatherer = await loadGatherer(tool)
  const quiet = parsed.flags.json === true
  const paint = paintFor(process.stdout, environment)
  const say = (text: string): void => (quiet ? console.error(text) : console.log(text))
  const { wishes } = choice
  const fleet = startFleet(wishes, {
    ...choice,
    gatherer,
    environment,
    onHost: (host, done) =>
      say(wishes.length === 1 ? formatChecks(host, paint) : formatHost(host, done, wishes.length, paint)),
  })
  let refused = false
  const finish = async (): Promise<void> => {
    fleet.end()
    if (refused) return
    const known = fleet.soFar()
    await writeHosts(known, tool, folder)
    say(`\nreport: ${shown(join(folder, 'report.html'))}\n${formatFleet(known, paint)}`)
  }
  return withCleanup(finish, async () => {
    const results = await fleet.done
    try {
      assertSome(results, choice.only)
    } catch (error) {
      refused = true
      throw error
    }
    return results
  })
}
