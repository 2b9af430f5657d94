import { agentStatus } from '../agent.ts'
import { tailProblems } from '../agent-status.ts'
import { type App, appOf, type Records, readRecords, requests, traceIdOf } from '../app.ts'
import type { BoxCheck } from '../check.ts'
import { final, judge, type Verdict } from '../verdict.ts'

/** Judges the last records of the app's log: JSON lines, those of requests with ids and the app's own names. */
export const judgeRecords = ({ log, service, env, version }: App, { error, records, broken }: Records): Verdict => {
  const expected = `JSON lines in ${log} that dd-agent can read, with trace ids, service ${service}, env ${env}, version ${version}`
  if (error !== '') return judge(expected, '', [`dd-agent: ${error}`])
  const traced = records.filter((record) => traceIdOf(record) !== undefined)
  const wanted = { 'dd.service': service, 'dd.env': env, 'dd.version': version }
  const wrong = Object.entries(wanted).flatMap(([key, value]) => {
    const odd = traced.find((record) => record[key] !== value)
    return odd === undefined ? [] : [`${key} is ${JSON.stringify(odd[key])}, not ${value}`]
  })
  return judge(expected, `${records.length} records, ${traced.length} with a trace id`, [
    ...(broken === 0 ? [] : [`${broken} lines are not JSON`]),
    ...(traced.length > 0 ? [] : ['no record carries a trace id']),
    ...wrong,
  ])
}

export const check: BoxCheck = {
  run: async (guest) => {
    const app = appOf(guest)
    await requests(guest)
    const expected = `JSON lines with trace ids in ${app.log}, followed by the Agent`
    return guest.until(async () => {
      const written = judgeRecords(app, await readRecords(guest))
      const problems = guest.context.expectations.agent.logs ? tailProblems(await agentStatus(guest), [app.log]) : []
      return written.passed ? judge(written.expected, written.observed, problems) : final(written)
    }, expected)
  },
}
