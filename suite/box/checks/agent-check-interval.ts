import type { CheckExpectation } from '../../../scripts/lib/render/types.ts'
import { observeAgent } from '../agent.ts'
import { type AgentStatus, instancesRun, loadErrors } from '../agent-status.ts'
import type { BoxCheck } from '../check.ts'
import { final, judge, type Verdict } from '../verdict.ts'

const nanoseconds = 1_000_000_000

/**
 * Judges the running Agent's schedule of one check: every instance has the interval, and has run.
 *
 * Two runs of a 45-second check can't be waited for within a verification. The interval is the Agent's own word, and
 * the number of runs must fit it: in `uptime` seconds a check can't have run more often than its interval allows,
 * which is how a schedule that doesn't follow its own interval shows itself without waiting.
 *
 * @param uptime seconds since the Agent's unit became active.
 */
export const judgeInterval = (name: string, interval: number, status: AgentStatus, uptime: number): Verdict => {
  const expected = `every instance of ${name} runs each ${interval} s`
  const instances = Object.entries(status.runnerStats?.Checks?.[name] ?? {})
  const most = Math.floor(uptime / interval) + 1
  const unloaded = loadErrors(status, name).map((text) => `${name} was not loaded: ${text}`)
  if (unloaded.length > 0) return final(judge(expected, '', unloaded))
  const problems = instances.flatMap(([id, { Interval, TotalRuns = 0 }]) => [
    ...(Interval === interval * nanoseconds
      ? []
      : [`${id} runs each ${Interval === undefined ? '?' : Interval / nanoseconds} s`]),
    ...(TotalRuns >= 1 ? [] : [`${id} has not run yet`]),
    ...(TotalRuns <= most ? [] : [`${id} ran ${TotalRuns} times in ${uptime.toFixed(0)} s, more than ${most}`]),
  ])
  const observed = instances.map(([id, { TotalRuns }]) => `${id}: each ${interval} s, ${TotalRuns} so far`).join('\n')
  const verdict = judge(
    expected,
    observed,
    instances.length === 0 ? [`the Agent schedules no instance of ${name}`] : problems,
  )
  const wrong = instances.some(([, { Interval }]) => Interval !== interval * nanoseconds)
  return wrong ? final(verdict) : verdict
}

/** `check.NAME.interval`, from the running Agent. */
export const intervalOf = ({ name, interval }: CheckExpectation): BoxCheck => ({
  run: (guest) =>
    guest.until(async () => {
      const { status, uptime } = await observeAgent(guest)
      // An emulated processor takes more than a minute until each check has had its turn.
      return { ...judgeInterval(name, interval, status, uptime), progress: instancesRun(status) }
    }, `the Agent runs ${name} each ${interval} s`),
})
