import type { BoxCheck } from '../check.ts'
import { final, judge, list, missing } from '../verdict.ts'

/** Names of the running process's groups: what /etc/group says now may be later than its start. */
const script = `
pid=$(systemctl show --value -p MainPID datadog-agent.service)
for id in $(sed -n 's/^Groups:[[:space:]]*//p' "/proc/$pid/status"); do getent group "$id" | cut -d: -f1; done
`

export const check: BoxCheck = {
  run: (guest) => {
    const { groups = [] } = guest.context.expectations.agent
    const expected = `the Agent's process is in the groups ${list(groups)}`
    return guest.until(async () => {
      const { stdout, stderr } = await guest.run(['sh', '-c', script], { name: 'groups of the Agent' })
      const found = stdout.split('\n').filter((name) => name !== '')
      if (found.length === 0) return judge(expected, '', [stderr.trim() || 'its process has no group'])
      const absent = missing(groups, found)
      const problems = absent.length === 0 ? [] : [`not in ${list(absent)}; it is in ${list(found)}`]
      return final(judge(expected, list(found), problems))
    }, expected)
  },
}
