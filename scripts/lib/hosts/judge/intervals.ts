// Judges that the Agent keeps the interval of each check.

import type { ConfiguredCheck } from '../configcheck.ts'
import type { Facts } from '../facts.ts'
import { type Finding, idPart, judged, list, unjudged } from '../finding.ts'
import { type Runner, uptimeOf } from './runners.ts'

const each = (seconds: readonly number[]): string => list(seconds.map((one) => `${one} s`))

const sorted = (seconds: readonly number[]): number[] => [...seconds].sort((a, b) => a - b)

/** Intervals that were configured but that no instance has; each instance counts once. */
const unkept = (declared: readonly number[], found: readonly number[]): number[] => {
  const rest = [...found]
  return declared.filter((one) => {
    const at = rest.indexOf(one)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
}

/** Without a run for this many of its intervals, and at least two minutes, an instance stands still. */
const still = 5
const leastStill = 120

const paceProblems = (runner: Runner, uptime: number | undefined): string[] => {
  const { id, interval = 0, runs, idle, took } = runner
  const most = uptime === undefined ? Number.POSITIVE_INFINITY : Math.floor(uptime / interval) + 1
  const limit = Math.max(leastStill, still * interval + 2 * took)
  return [
    ...(runs > most ? [`${id} ran ${runs} times in ${Math.round(uptime ?? 0)} s, more than ${most}`] : []),
    ...(runs > 0 && idle !== undefined && idle > limit
      ? [`${id} last ran ${Math.round(idle)} s ago, although it runs every ${interval} s`]
      : []),
  ]
}

/** `check.NAME.interval`; undefined for a check that the Agent does not run at an interval. */
export const judgeInterval = (
  facts: Facts,
  { name, intervals }: ConfiguredCheck,
  runners: readonly Runner[],
): Finding | undefined => {
  const timed = runners.filter(({ longRunning, interval }) => !longRunning && interval !== undefined && interval > 0)
  if (timed.length === 0) return undefined
  const declared = sorted(intervals.filter((one) => one !== undefined))
  const found = sorted(timed.flatMap(({ interval }) => interval ?? []))
  const subject = {
    id: `check.${idPart(name)}.interval`,
    title: `The Agent runs ${name} at its interval`,
    expected:
      declared.length === 0 ? 'the check’s own interval' : `every ${each([...new Set(declared)])}, as configured`,
  }
  if (facts.configcheck === undefined)
    return unjudged(subject, `the configured interval is unknown: configcheck failed: ${facts.configcheckError}`)
  const wrong = unkept(declared, found)
  const uptime = uptimeOf(facts)
  const problems = [
    ...(wrong.length > 0 ? [`configured: every ${each(declared)}; the Agent runs it every ${each(found)}`] : []),
    ...timed.flatMap((runner) => paceProblems(runner, uptime)),
  ]
  return judged(
    subject,
    timed.map(({ id, interval, runs }) => `${id}: every ${interval} s, ${runs} runs`).join('\n'),
    problems,
  )
}
