import { observeAgent } from '../agent.ts'
import type { BoxCheck } from '../check.ts'
import { final, judge, type Verdict } from '../verdict.ts'

const expected = 'datadog-agent.service runs as dd-agent, has never restarted, responds, and keeps its process'

const wanted = { ActiveState: 'active', SubState: 'running', NRestarts: '0', Owner: 'dd-agent' } as const

/** Judges the unit before and after the Agent's answer. */
export const judgeRunning = (unit: ReadonlyMap<string, string>): Verdict => {
  const [before, after] = [unit.get('MainPID'), unit.get('After')]
  return judge(expected, `process ${after} of dd-agent responds`, [
    ...Object.entries(wanted)
      .filter(([key, value]) => unit.get(key) !== value)
      .map(([key, value]) => `${key} is ${unit.get(key) ?? 'unknown'}, not ${value}`),
    ...(before === after ? [] : [`its process changed from ${before} to ${after}`]),
  ])
}

export const check: BoxCheck = {
  run: (guest) => guest.until(async () => final(judgeRunning((await observeAgent(guest)).unit)), expected),
}
