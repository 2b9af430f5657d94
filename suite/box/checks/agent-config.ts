import { parse } from 'yaml'
import type { Settings } from '../../../scripts/lib/box/agent.ts'
import { runWithAgent } from '../agent.ts'
import type { BoxCheck } from '../check.ts'
import { differences } from '../settings.ts'
import { final, judge, list, type Verdict } from '../verdict.ts'

const parsed = (text: string): unknown => {
  try {
    return parse(text, { logLevel: 'silent', uniqueKeys: false })
  } catch {
    return undefined
  }
}

/** Judges what `datadog-agent config` prints: the running Agent's settings as YAML, scrubbed, defaults included. */
export const judgeConfig = (
  wanted: Settings,
  { code, stdout, stderr }: { readonly code: number; readonly stdout: string; readonly stderr: string },
): Verdict => {
  const names = list(Object.keys(wanted))
  const expected = `the running Agent has the box’s settings: ${names}`
  const document = code === 0 ? parsed(stdout) : undefined
  if (typeof document !== 'object' || document === null)
    return judge(expected, '', [
      `datadog-agent config: exit status ${code}\n${`${stderr}\n${stdout}`.trim().slice(-500)}`,
    ])
  // Its settings come from its files and its environment at the start, and don't change by waiting.
  return final(judge(expected, `it has ${names}`, differences(wanted, document)))
}

export const check: BoxCheck = {
  run: (guest) => {
    const { config = {} } = guest.context.expectations.agent
    const ask = () => runWithAgent(guest, ['datadog-agent', 'config'], 'datadog-agent config')
    return guest.until(async () => judgeConfig(config, await ask()), 'the running Agent’s settings')
  },
}
