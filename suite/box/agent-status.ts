import * as z from 'zod'

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
export const statusSchema = z.looseObject({
  version: z.string().optional(),
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

/** What the Agent says about each log file that should be followed: nothing for those that it tails well. */
export const tailProblems = (status: AgentStatus, files: readonly string[]): string[] => {
  if (status.logsStats?.is_running !== true) return ['the Agent’s log collection is not running']
  const sources = (status.logsStats.integrations ?? []).flatMap(({ sources: found }) => found ?? [])
  return files.flatMap((file) => {
    const match = sources.find(({ configuration }) => configuration?.Path === file)
    if (match === undefined) return [`${file}: no log source of the Agent`]
    if (match.status === 'OK' && match.inputs?.some((input) => input.includes(file))) return []
    return [`${file}: status ${match.status ?? 'unknown'}, inputs ${JSON.stringify(match.inputs ?? [])}`]
  })
}
