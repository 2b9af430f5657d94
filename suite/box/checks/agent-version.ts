import type { Expectations } from '../../../scripts/lib/render/rendered-box.ts'
import { agentStatus } from '../agent.ts'
import type { BoxCheck } from '../check.ts'
import { final, judge, type Verdict } from '../verdict.ts'

type Expected = Pick<Expectations['agent'], 'version' | 'package'>

/**
 * Judges the version of the running Agent and of its package, which must be installed and held. One in a container has
 * no package; `agent.container` judges its image.
 *
 * @param installed `VERSION STATE`, e.g. `1:7.83.0-1 hi`.
 */
export const judgeVersion = (
  { version, package: wanted }: Expected,
  running: string | undefined,
  installed: string,
): Verdict => {
  const runs = running === version ? [] : [`the running Agent reports ${running ?? 'no version'}`]
  if (wanted === null) return judge(`Agent ${version} runs`, `${running}`, runs)
  const [found = '', state = ''] = installed.trim().split(/\s+/)
  return judge(
    `Agent ${version} runs, from the package ${wanted.version}, which is held`,
    `${running}, package ${found}, held`,
    [
      ...runs,
      ...(found === wanted.version ? [] : [`the package datadog-agent has version ${found || '(none)'}`]),
      ...(state === wanted.state
        ? []
        : [`the package’s state is "${state}", not "${wanted.state}" (installed and held)`]),
    ],
  )
}

export const check: BoxCheck = {
  run: (guest) => {
    const { agent } = guest.context.expectations
    return guest.until(async () => {
      const command = agent.package?.command
      const installed = command === undefined ? '' : (await guest.once('package', () => guest.run(command))).stdout
      return final(judgeVersion(agent, (await agentStatus(guest)).version, installed))
    }, `Agent ${agent.version}`)
  },
}
