import { agentStatus } from '../agent.ts'
import { instancesRun } from '../agent-status.ts'
import type { BoxCheck } from '../check.ts'
import { final, judge, list, missing } from '../verdict.ts'

export const check: BoxCheck = {
  run: (guest) => {
    const { tags } = guest.context.expectations.agent
    const expected = `host tags ${list(tags)}`
    return guest.until(async () => {
      const status = await agentStatus(guest)
      const found = status.metadata?.['host-tags']?.system ?? []
      const absent = missing(tags, found)
      const problems = absent.length === 0 ? [] : [`missing: ${list(absent)}; the Agent sends ${list(found)}`]
      const verdict = judge(expected, list(found), problems)
      // A freshly started Agent may not have collected its metadata yet. Once sent, tags don't change.
      return found.length === 0 ? { ...verdict, progress: instancesRun(status) } : final(verdict)
    }, expected)
  },
}
