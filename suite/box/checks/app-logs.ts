import { agentStatus } from '../agent.ts'
import { instancesRun, tailProblems } from '../agent-status.ts'
import { type App, appOf, type Records, readRecords, requests, traceIdOf } from '../app.ts'
import type { BoxCheck } from '../check.ts'
import { final, judge, type Verdict } from '../verdict.ts'

/**
 * Judges what the requests have added to the app's log: JSON lines, with at least one trace id for each route, under
 * the app's own names. Older records prove nothing, since the app may have lost its tracing since then.
 */
export const judgeRecords = (
  { log, service, env, version, routes }: App,
  { error, records, broken }: Records,
): Verdict => {
  const expected = `JSON lines in ${log} that dd-agent can read; for each of ${routes.length} requests, one with a trace id, service ${service}, env ${env}, version ${version}`
  if (error !== '') return judge(expected, '', [`dd-agent: ${error}`])
  const traced = records.filter((record) => traceIdOf(record) !== undefined)
  const wanted = { 'dd.service': service, 'dd.env': env, 'dd.version': version }
  const wrong = Object.entries(wanted).flatMap(([key, value]) => {
    const odd = traced.find((record) => record[key] !== value)
    return odd === undefined ? [] : [`${key} is ${JSON.stringify(odd[key])}, not ${value}`]
  })
  const lasting = [...(broken === 0 ? [] : [`${broken} lines are not JSON`]), ...wrong]
  const verdict = judge(expected, `${records.length} records from these requests, ${traced.length} with a trace id`, [
    ...lasting,
    ...(traced.length >= routes.length
      ? []
      : [`${traced.length} of ${records.length} records written since the requests began have a trace id`]),
  ])
  // A record may be written after its response. Once all are there and none has an id, waiting doesn't help.
  return lasting.length > 0 || (traced.length === 0 && records.length >= routes.length) ? final(verdict) : verdict
}

export const check: BoxCheck = {
  run: async (guest) => {
    const app = appOf(guest)
    const made = await requests(guest)
    const expected = `JSON lines with trace ids in ${app.log}, tailed by the Agent`
    return guest.until(async () => {
      const written = judgeRecords(app, await readRecords(guest, made))
      if (!written.passed || !guest.context.expectations.agent.logs) return written
      const status = await agentStatus(guest)
      const followed = judge(written.expected, written.observed, tailProblems(status, [app.log]))
      return { ...followed, progress: instancesRun(status) }
    }, expected)
  },
}
