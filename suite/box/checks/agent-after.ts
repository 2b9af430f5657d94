import type { BoxCheck } from '../check.ts'
import { judge, list, missing } from '../verdict.ts'

export const check: BoxCheck = {
  run: async (guest) => {
    const { after = [] } = guest.context.expectations.agent
    const words = ['systemctl', 'show', '--value', '-p', 'After', 'datadog-agent.service']
    const { stdout, stderr } = await guest.run(words)
    const found = stdout.trim().split(/\s+/)
    const absent = missing(after, found)
    const problems = absent.length === 0 ? [] : [`not after ${list(absent)}: ${stderr.trim() || list(found)}`]
    return judge(`datadog-agent.service starts after ${list(after)}`, list(after), problems)
  },
}
