import type { CheckExpectation } from '../../../scripts/lib/render/rendered-box.ts'
import { agentStatus, runWithAgent } from '../agent.ts'
import { tailProblems } from '../agent-status.ts'
import type { BoxCheck } from '../check.ts'
import { judgeCheck } from '../check-verdict.ts'
import type { Guest } from '../guest.ts'
import { judge } from '../verdict.ts'

const noToken = /unable to fetch auth token/

/** In a container, `datadog-agent` becomes the Agent's user by itself. */
const command = ({ name, rates }: CheckExpectation, inContainer: boolean): string[] => [
  ...(inContainer ? [] : ['runuser', '-u', 'dd-agent', '--']),
  'datadog-agent',
  'check',
  name,
  '--json',
  ...(rates.length > 0 ? ['--check-rate'] : []),
]

const run = async (guest: Guest, expectation: CheckExpectation): ReturnType<BoxCheck['run']> => {
  const inContainer = guest.context.expectations.container !== null
  const ask = () => runWithAgent(guest, command(expectation, inContainer), `datadog-agent check ${expectation.name}`)
  let last = await ask()
  // Before the Agent's first start there is no token to authenticate with; anything else is an answer.
  const attempt = async () => {
    if (noToken.test(last.stdout + last.stderr)) last = await ask()
    return { ...judgeCheck(expectation, last), retry: noToken.test(last.stdout + last.stderr) }
  }
  const first = await attempt()
  const verdict = first.retry ? await guest.until(attempt, 'an Agent that has been started') : first
  const { logs = [] } = expectation
  if (!verdict.passed || logs.length === 0 || !guest.context.expectations.agent.logs) return verdict
  // Only the running Agent reports a check that can't be loaded.
  const expected = `${verdict.expected}, and the Agent tails ${logs.join(', ')}`
  return guest.until(
    async () => judge(expected, `${verdict.observed}, logs tailed`, tailProblems(await agentStatus(guest), logs)),
    expected,
  )
}

/** `check.NAME`: judged by the JSON of `datadog-agent check`, since the command exits 0 even when the check raised. */
export const checkOf = (expectation: CheckExpectation): BoxCheck => ({
  run: (guest) => run(guest, expectation),
})
