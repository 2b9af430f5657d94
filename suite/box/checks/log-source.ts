import * as z from 'zod'
import type { LogExpectation } from '../../../scripts/lib/render/rendered-box.ts'
import { agentStatus, runWithAgent } from '../agent.ts'
import type { AgentStatus } from '../agent-status.ts'
import type { BoxCheck } from '../check.ts'
import type { Guest } from '../guest.ts'
import { judge, type Verdict } from '../verdict.ts'

const texts = z.array(z.string())
const reportSchema = z.object({
  where: z.string(),
  before: texts,
  after: texts,
  rotation: z.string(),
  trouble: texts,
  stream: z.string(),
})
export type LogReport = z.infer<typeof reportSchema>

const rotates = ({ source }: LogExpectation): boolean => source.type === 'file' || source.type === 'journald'

const placeOf = ({ source }: LogExpectation): string =>
  source.type === 'file'
    ? source.path
    : source.type === 'journald'
      ? 'the journal'
      : `${source.type} port ${source.port}`

const expectedOf = (expectation: LogExpectation): string => {
  const { trials } = expectation
  const dropped = trials.filter(({ arrives }) => arrives === null).length
  const arriving = trials.length - dropped
  return [
    `${arriving === 1 ? 'a line' : `${arriving} lines`} written to ${placeOf(expectation)} ${arriving === 1 ? 'arrives' : 'arrive'} as expected`,
    ...(dropped === 0 ? [] : [`${dropped} dropped by a rule`]),
    ...(rotates(expectation) ? ['before and after a forced rotation'] : []),
  ].join(', ')
}

/** What the Agent itself says about a source, if not that all is well. */
export const sourceTrouble = ({ logsStats }: AgentStatus, { integration }: LogExpectation): string[] => {
  if (logsStats?.is_running !== true) return ['the Agent’s log collection is not running']
  const own = (logsStats.integrations ?? []).filter(({ name }) => name === integration)
  const sources = own.flatMap(({ sources: all }) => all ?? [])
  if (sources.length === 0) return [`the Agent has no log source ${integration}`]
  return sources.flatMap(({ status = '' }) => (/^error/i.test(status) ? [`the Agent: ${status}`] : []))
}

/** Judges what became of the lines that the probe wrote. */
export const judgeLog = (expectation: LogExpectation, report: LogReport, agent: readonly string[]): Verdict => {
  const unrotated = rotates(expectation) && report.rotation === '' && report.before.length === 0
  const wrong = [
    ...report.before.map((text) => `before rotation: ${text}`),
    ...report.after.map((text) => `after a forced rotation ${report.rotation}: ${text}`),
  ].map((text) => (rotates(expectation) ? text : text.replace('before rotation: ', '')))
  const problems = [...wrong, ...report.trouble, ...(report.stream === '' ? [] : [report.stream])]
  return judge(
    expectedOf(expectation),
    `${report.where}: ${expectation.trials.length} tried${report.rotation === '' ? '' : `, rotated ${report.rotation}`}`,
    problems.length > 0 ? [...problems, ...agent] : unrotated ? ['it was not rotated'] : [],
  )
}

const run = async (guest: Guest, expectation: LogExpectation): Promise<Verdict> => {
  const { integration, source, trials } = expectation
  await runWithAgent(guest, ['true'], 'wait for the Agent')
  const input = { integration, source, trials, rotate: rotates(expectation) }
  const report = reportSchema.parse(await guest.probe('log_source', input))
  const isWell = [report.before, report.after, report.trouble].every((list) => list.length === 0)
  const agent = isWell && report.stream === '' ? [] : sourceTrouble(await agentStatus(guest), expectation)
  return judgeLog(expectation, report, agent)
}

/** `logs.NAME`. One after another, since an Agent has only one `stream-logs` at a time. */
export const logOf = (expectation: LogExpectation): BoxCheck => ({
  lane: 'logs',
  run: (guest) => run(guest, expectation),
})
