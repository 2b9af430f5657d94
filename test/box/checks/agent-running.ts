import { agentStatus } from '../agent-status.ts'
import type { BoxCheck } from '../check.ts'
import type { Guest } from '../guest.ts'
import { judge } from '../verdict.ts'

const script = `
unit=datadog-agent.service
systemctl show -p ActiveState -p SubState -p MainPID -p NRestarts "$unit"
stat -c Owner=%U "/proc/$(systemctl show --value -p MainPID "$unit")"
`

interface UnitState {
  readonly pid: string
  readonly problems: readonly string[]
}

const unitState = async (guest: Guest): Promise<UnitState> => {
  const { stdout } = await guest.run(['sh', '-c', script], { name: 'state of datadog-agent.service' })
  const state = new Map(stdout.split('\n').map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]))
  const wanted = { ActiveState: 'active', SubState: 'running', NRestarts: '0', Owner: 'dd-agent' }
  const problems = Object.entries(wanted)
    .filter(([key, value]) => state.get(key) !== value)
    .map(([key, value]) => `${key} is ${state.get(key) ?? 'unknown'}, not ${value}`)
  return { pid: state.get('MainPID') ?? '', problems }
}

const expected = 'datadog-agent.service runs as dd-agent, never restarted, answers, and keeps its process'

export const check: BoxCheck = {
  id: 'agent.running',
  title: 'The Agent runs as dd-agent and answers',
  run: (guest) =>
    guest.until(async () => {
      const before = await unitState(guest)
      if (before.problems.length > 0) return judge(expected, '', before.problems)
      await agentStatus(guest)
      const after = await unitState(guest)
      const moved = before.pid === after.pid ? [] : [`its process changed from ${before.pid} to ${after.pid}`]
      return judge(expected, `process ${after.pid} of dd-agent answers`, [...after.problems, ...moved])
    }, expected),
}
