// Judges each check by what the running Agent reports, and by the JSON of a run of its own if there is one.

import { objectAt, objectOf, textOf } from '../../_helpers/json.ts'
import { errorMessage } from '../../verify/last-error.ts'
import { loadErrors } from '../../verify/load-errors.ts'
import type { ConfiguredCheck } from '../configcheck.ts'
import type { Facts } from '../facts.ts'
import { type Finding, idPart, judged, type Subject, unjudged } from '../finding.ts'
import { judgeRun } from './check-run.ts'
import { jmxOf, type Runner, uptimeOf } from './runners.ts'

const subject = (name: string): Subject => ({
  id: `check.${idPart(name)}`,
  title: `The ${name} check loads and passes`,
  expected: 'every configured instance is loaded and ran without an error',
})

/** A check has this long to run for the first time; slower ones get two of their intervals. */
const patience = 60

const configErrors = ({ status }: Facts, name: string): string[] => {
  const text = textOf(objectAt(objectAt(status, 'autoConfigStats'), 'ConfigErrors')[name])
  return text === '' ? [] : [`its configuration is not valid: ${text}`]
}

const seen = ({ id, version, runs, errors, warnings }: Runner): string =>
  [
    `${id}${version === '' ? '' : ` (${version})`}: ${runs} ${runs === 1 ? 'run' : 'runs'}`,
    ...(errors > 0 ? [`${errors} of them failed earlier`] : []),
    ...warnings.map((text) => `warning: ${text}`),
  ].join(', ')

const problemsOf = (runner: Runner, uptime: number | undefined): string[] => {
  const { id, runs, lastError, interval } = runner
  if (lastError !== '') return [`${id}: ${errorMessage(lastError)}`]
  const allowed = Math.max(patience, 2 * (interval ?? 0))
  return runs === 0 && !runner.longRunning && (uptime ?? 0) > allowed
    ? [`${id} has not run in ${Math.round(uptime ?? 0)} s`]
    : []
}

/** Whether an instance may still be about to run for the first time. */
const isPending = ({ runs, longRunning }: Runner): boolean => runs === 0 && !longRunning

/** `check.NAME`. */
export const judgeCheck = (facts: Facts, configured: ConfiguredCheck, runners: readonly Runner[]): Finding => {
  const { name } = configured
  const about = subject(name)
  const loader = {
    checkSchedulerStats: { LoaderErrors: objectAt(objectAt(facts.status, 'checkSchedulerStats'), 'LoaderErrors') },
    pyLoaderStats: { ConfigureErrors: objectAt(objectAt(facts.status, 'pyLoaderStats'), 'ConfigureErrors') },
  }
  const unloaded = loadErrors(loader, name).map((text) => `it was not loaded: ${text}`)
  const broken = [
    ...configured.errors.map((text) => `its configuration is not valid: ${text}`),
    ...configErrors(facts, name),
  ]
  if (unloaded.length + broken.length > 0) return judged(about, '', [...new Set([...broken, ...unloaded])])
  const jmx = jmxOf(facts).get(name)
  if (jmx !== undefined && runners.length === 0) return judged(about, 'JMXFetch collects it', jmx)
  const uptime = uptimeOf(facts)
  const declared = configured.intervals.length
  const missing =
    runners.length < declared ? [`the Agent runs ${runners.length} of ${declared} configured instances`] : []
  const problems = [...missing, ...runners.flatMap((runner) => problemsOf(runner, uptime))]
  const own = facts.checkRuns?.[name] === undefined ? undefined : judgeRun(objectOf(facts.checkRuns[name]))
  if (problems.length > 0 || (own !== undefined && own.problems.length > 0))
    return judged(about, '', [...new Set([...problems, ...(own?.problems ?? [])])])
  if (own === undefined && runners.length === 0)
    return unjudged(about, 'the Agent runs no instance of it, and none is configured')
  if (own === undefined && runners.some(isPending))
    return unjudged(about, `it has not run yet; the Agent started ${Math.round(uptime ?? 0)} s ago`)
  return judged(about, [...runners.map(seen), ...(own === undefined ? [] : [own.observed])].join('\n'), [])
}
