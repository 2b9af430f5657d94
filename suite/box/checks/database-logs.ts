import * as z from 'zod'
import { agentStatus } from '../agent.ts'
import { instancesRun, tailProblems } from '../agent-status.ts'
import type { BoxCheck } from '../check.ts'
import { judge, type Verdict } from '../verdict.ts'

const byFile = z.record(z.string(), z.string())
const reportSchema = z.object({
  before: byFile,
  after: byFile,
  described: byFile,
  rotated: z.array(z.string()),
  rotation: z.string(),
  files: z.array(z.string()),
})

/** Judges what dd-agent could read before and after a forced rotation. */
export const judgeLogs = (logs: readonly string[], report: z.infer<typeof reportSchema>): Verdict => {
  const unread = (when: string, reasons: Readonly<Record<string, string>>): string[] =>
    logs.flatMap((log) =>
      reasons[log] === '' ? [] : [`${log} ${when}: ${reasons[log] ?? 'not read'} (now ${report.described[log]})`],
    )
  const problems = [
    ...unread('before rotation', report.before),
    ...unread('after a forced rotation', report.after),
    ...(report.rotation === '' ? [] : [`logrotate: ${report.rotation}`]),
    ...(report.files.length === 0 ? ['no file in /etc/logrotate.d rotates these logs'] : []),
    // logrotate may skip an empty log (notifempty). If none was rotated, the result proves nothing about rotation.
    ...(report.rotated.length === 0 ? ['the forced rotation rotated none of these logs'] : []),
  ]
  return judge(
    'dd-agent can read the database’s logs before and after rotation',
    `${logs.length} logs, ${report.rotated.length} rotated`,
    problems,
  )
}

export const check: BoxCheck = {
  run: async (guest) => {
    const { database, agent } = guest.context.expectations
    const logs = (database?.logs ?? []).map(({ path }) => path)
    const read = judgeLogs(logs, reportSchema.parse(await guest.probe('logs', { logs, rotate: true })))
    if (!read.passed || !agent.logs) return read
    const expected = `${read.expected}, and the Agent tails them`
    const followed = await guest.until(async () => {
      const status = await agentStatus(guest)
      return { ...judge(expected, '', tailProblems(status, logs)), progress: instancesRun(status) }
    }, expected)
    return { ...followed, observed: followed.passed ? `${read.observed}, all tailed` : followed.observed }
  },
}
