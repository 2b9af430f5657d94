import type { CheckExpectation } from '../../../scripts/lib/render/rendered-box.ts'
import { loadErrors } from '../../../scripts/lib/verify/load-errors.ts'
import { observeAgent } from '../agent.ts'
import { type AgentStatus, instancesRun } from '../agent-status.ts'
import type { BoxCheck } from '../check.ts'
import { final, judge, type Verdict } from '../verdict.ts'

const nanoseconds = 1_000_000_000

/**
 * Judges the running Agent's schedule of one check: every instance has the interval, and has run.
 *
 * A verification is too short to wait for two runs of a 45-second check. So the interval is read from the Agent, and
 * the number of runs must be consistent with it: in `uptime` seconds a check can't have run more often than its
 * interval allows. A scheduler that ignores the interval is caught this way without waiting.
 *
 * @param uptime seconds since the Agent's unit became active.
 */
export const judgeInterval = (
  name: string,
  interval: number,
  status: AgentStatus,
  uptime: number,
  intervals: readonly number[] = [],
): Verdict => {
  const expected = `every instance of ${name} runs every ${interval} s`
  const unloaded = loadErrors(status, name).map((text) => `${name} was not loaded: ${text}`)
  if (unloaded.length > 0) return final(judge(expected, '', unloaded))
  if (intervals.length > 0) return judgeOwn(name, intervals, status, uptime)
  const instances = Object.entries(status.runnerStats?.Checks?.[name] ?? {})
  const most = Math.floor(uptime / interval) + 1
  const problems = instances.flatMap(([id, { Interval, TotalRuns = 0 }]) => [
    ...(Interval === interval * nanoseconds
      ? []
      : [`${id} runs every ${Interval === undefined ? '?' : Interval / nanoseconds} s`]),
    ...(TotalRuns >= 1 ? [] : [`${id} has not run yet`]),
    ...(TotalRuns <= most ? [] : [`${id} ran ${TotalRuns} times in ${uptime.toFixed(0)} s, more than ${most}`]),
  ])
  const observed = instances
    .map(([id, { TotalRuns }]) => `${id}: every ${interval} s, ${TotalRuns} runs so far`)
    .join('\n')
  const verdict = judge(
    expected,
    observed,
    instances.length === 0 ? [`the Agent schedules no instance of ${name}`] : problems,
  )
  const wrong = instances.some(([, { Interval }]) => Interval !== interval * nanoseconds)
  return wrong ? final(verdict) : verdict
}

/** `every 20 s, every 300 s`, shortest first. */
const eachOf = (seconds: readonly number[]): string =>
  [...seconds]
    .sort((a, b) => a - b)
    .map((one) => `every ${one} s`)
    .join(', ')

/** Judges instances with intervals of their own: each interval must occur as often as in the configuration. */
const judgeOwn = (name: string, intervals: readonly number[], status: AgentStatus, uptime: number): Verdict => {
  const expected = `the instances of ${name} run ${eachOf(intervals)}`
  const instances = Object.entries(status.runnerStats?.Checks?.[name] ?? {}).map(
    ([id, { Interval, TotalRuns = 0 }]) => ({
      id,
      runs: TotalRuns,
      seconds: (Interval ?? Number.NaN) / nanoseconds,
    }),
  )
  const seen = eachOf(instances.map(({ seconds }) => seconds))
  const isWrong = instances.length > 0 && seen !== eachOf(intervals)
  const verdict = judge(
    expected,
    instances.map(({ id, runs, seconds }) => `${id}: every ${seconds} s, ${runs} runs so far`).join('\n'),
    [
      ...(instances.length === 0 ? [`the Agent schedules no instance of ${name}`] : []),
      ...(isWrong ? [`they run ${seen}`] : []),
      ...instances.flatMap(({ id, runs, seconds }) => {
        const most = Math.floor(uptime / seconds) + 1
        if (runs < 1) return [`${id} has not run yet`]
        return runs <= most ? [] : [`${id} ran ${runs} times in ${uptime.toFixed(0)} s, more than ${most}`]
      }),
    ],
  )
  return isWrong ? final(verdict) : verdict
}

/** `check.NAME.interval`, read from the running Agent. */
export const intervalOf = ({ name, interval, intervals }: CheckExpectation): BoxCheck => ({
  run: (guest) =>
    guest.until(
      async () => {
        const { status, uptime } = await observeAgent(guest)
        // On an emulated processor it takes more than a minute until every check has run.
        return { ...judgeInterval(name, interval, status, uptime, intervals), progress: instancesRun(status) }
      },
      `the Agent runs ${name} ${eachOf(intervals ?? [interval])}`,
    ),
})
