import { agentStatus } from '../agent.ts'
import type { BoxCheck } from '../check.ts'
import { final, judge, type Verdict } from '../verdict.ts'

/**
 * Judges the version of the running Agent and of its package: `1:VERSION-N`, installed and held.
 *
 * @param installed `VERSION STATUS` as dpkg-query prints it, e.g. `1:7.83.0-1 hi`.
 */
export const judgeVersion = (version: string, running: string | undefined, installed: string): Verdict => {
  const [found = '', state = ''] = installed.trim().split(/\s+/)
  const upstream = /^\d+:(.+)-[^-]+$/.exec(found)?.[1]
  return judge(
    `the Agent ${version} runs, from a package of that version that apt must not upgrade`,
    `${running}, package ${found}, held`,
    [
      ...(running === version ? [] : [`the running Agent says ${running ?? 'nothing'}`]),
      ...(upstream === version ? [] : [`the package datadog-agent has version ${found || '(none)'}`]),
      ...(state === 'hi' ? [] : [`the package’s state is "${state}", not "hi" (held, installed)`]),
    ],
  )
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own syntax
const format = '${Version} ${db:Status-Abbrev}'

export const check: BoxCheck = {
  run: (guest) => {
    const { version } = guest.context.expectations.agent
    return guest.until(async () => {
      const { stdout } = await guest.once('package', () =>
        guest.run(['dpkg-query', '-W', '-f', format, 'datadog-agent']),
      )
      return final(judgeVersion(version, (await agentStatus(guest)).version, stdout))
    }, `the Agent ${version}`)
  },
}
