import type { Expectations } from '../../../scripts/lib/render/rendered-box.ts'
import { agentStatus } from '../agent.ts'
import type { BoxCheck } from '../check.ts'
import { final, judge, type Verdict } from '../verdict.ts'

type Expected = Pick<Expectations['agent'], 'version' | 'package'>

/**
 * Judges the version of the running Agent and of its package, which must be installed and held.
 *
 * @param installed `VERSION STATE`, e.g. `1:7.83.0-1 hi`.
 */
export const judgeVersion = (
  { version, package: wanted }: Expected,
  running: string | undefined,
  installed: string,
): Verdict => {
  const [found = '', state = ''] = installed.trim().split(/\s+/)
  return judge(
    `Agent ${version} runs, from the package ${wanted.version}, which is held`,
    `${running}, package ${found}, held`,
    [
      ...(running === version ? [] : [`the running Agent reports ${running ?? 'no version'}`]),
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
      const { stdout } = await guest.once('package', () => guest.run(agent.package.command))
      return final(judgeVersion(agent, (await agentStatus(guest)).version, stdout))
    }, `Agent ${agent.version}`)
  },
}
