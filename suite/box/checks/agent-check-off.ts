import { loadErrors } from '../../../scripts/lib/verify/load-errors.ts'
import { observeAgent } from '../agent.ts'
import { type AgentStatus, instancesRun } from '../agent-status.ts'
import type { BoxCheck } from '../check.ts'
import { final, judge, type Verdict } from '../verdict.ts'

/** Seconds after which an Agent has read its configurations, even if none of its checks has run. */
const settled = 30

/** Judges that the running Agent neither runs nor tries to load a check. Before its first run of any check, absence proves nothing. */
export const judgeOff = (name: string, status: AgentStatus, uptime: number): Verdict => {
  const expected = `the Agent does not run ${name}`
  const instances = Object.keys(status.runnerStats?.Checks?.[name] ?? {})
  const errors = loadErrors(status, name)
  if (instances.length > 0) return final(judge(expected, '', [`it runs ${instances.join(', ')}`]))
  if (errors.length > 0) return final(judge(expected, '', [`it tried to load ${name}: ${errors.join('; ')}`]))
  const runs = instancesRun(status)
  const early = runs === 0 && uptime < settled
  return judge(expected, `${name} is not among the ${runs} instances that ran`, early ? ['no check has run yet'] : [])
}

/** `check.NAME.off`, for a check that the Agent runs by default and the box switches off. */
export const offOf = (name: string): BoxCheck => ({
  run: (guest) =>
    guest.until(async () => {
      const { status, uptime } = await observeAgent(guest)
      return { ...judgeOff(name, status, uptime), progress: instancesRun(status) }
    }, `the Agent does not run ${name}`),
})
