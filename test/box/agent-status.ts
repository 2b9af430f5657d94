import { z } from 'zod'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { jsonIn } from '../../scripts/lib/verify/json.ts'
import type { Guest } from './guest.ts'

const runner = z.looseObject({
  Interval: z.number().optional(),
  TotalRuns: z.number().optional(),
})

const source = z.looseObject({
  status: z.string().optional(),
  inputs: z.array(z.string()).nullish(),
  configuration: z.looseObject({ Path: z.string().optional() }).nullish(),
  messages: z.unknown().optional(),
})

/** The parts of `datadog-agent status --json` that are judged; everything may be absent while the Agent starts. */
const statusSchema = z.looseObject({
  version: z.string().optional(),
  pid: z.number().optional(),
  metadata: z
    .looseObject({ 'host-tags': z.looseObject({ system: z.array(z.string()).nullish() }).nullish() })
    .nullish(),
  runnerStats: z.looseObject({ Checks: z.record(z.string(), z.record(z.string(), runner)).nullish() }).nullish(),
  logsStats: z
    .looseObject({
      is_running: z.boolean().optional(),
      integrations: z.array(z.looseObject({ sources: z.array(source).nullish() })).nullish(),
    })
    .nullish(),
  apmStats: z.looseObject({ receiver: z.array(z.looseObject({})).nullish(), error: z.string().optional() }).nullish(),
})
export type AgentStatus = z.infer<typeof statusSchema>

const fetchStatus = async (guest: Guest): Promise<AgentStatus> => {
  const { code, stdout, stderr } = await guest.run(['datadog-agent', 'status', '--json'])
  const document = code === 0 ? jsonIn(stdout) : undefined
  if (document !== undefined) return statusSchema.parse(document)
  throw new BoxhoundError('E_AGENT_STATUS', `datadog-agent status --json: exit status ${code}`, {
    expected: 'a running Agent that answers',
    found: (stderr.trim() || stdout.trim()).slice(-500),
  })
}

const recent = new WeakMap<Guest, { at: number; status: Promise<AgentStatus> }>()
const freshFor = 1000

/** The Agent's status, at most a second old: checks that poll at the same time share one command. */
export const agentStatus = (guest: Guest): Promise<AgentStatus> => {
  const known = recent.get(guest)
  if (known !== undefined && Date.now() - known.at < freshFor) return known.status
  const status = fetchStatus(guest)
  const entry = { at: Number.POSITIVE_INFINITY, status }
  recent.set(guest, entry)
  // Age counts from the answer, not from the question.
  const answered = (): void => {
    entry.at = Date.now()
  }
  status.then(answered, answered)
  return status
}

/** What the Agent says about each log file that should be followed: nothing for those that it tails well. */
export const tailProblems = (status: AgentStatus, files: readonly string[]): string[] => {
  if (status.logsStats?.is_running !== true) return ['the Agent’s log collection is not running']
  const sources = (status.logsStats.integrations ?? []).flatMap(({ sources: found }) => found ?? [])
  return files.flatMap((file) => {
    const source = sources.find(({ configuration }) => configuration?.Path === file)
    if (source === undefined) return [`${file}: no log source of the Agent`]
    if (source.status === 'OK' && source.inputs?.some((input) => input.includes(file))) return []
    return [`${file}: status ${source.status ?? 'unknown'}, inputs ${JSON.stringify(source.inputs ?? [])}`]
  })
}
