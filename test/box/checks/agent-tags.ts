import { agentStatus } from '../agent.ts'
import type { BoxCheck } from '../check.ts'
import { judge, list, missing } from '../verdict.ts'

export const check: BoxCheck = {
  id: 'agent.tags',
  title: 'The running Agent sends the box’s host tags',
  run: (guest) => {
    const { tags } = guest.context.expectations.agent
    const expected = `host tags ${list(tags)}`
    return guest.until(async () => {
      const found = (await agentStatus(guest)).metadata?.['host-tags']?.system ?? []
      const absent = missing(tags, found)
      return judge(
        expected,
        list(found),
        absent.length === 0 ? [] : [`missing: ${list(absent)}; the Agent sends ${list(found)}`],
      )
    }, expected)
  },
}
