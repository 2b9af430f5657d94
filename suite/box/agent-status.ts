import * as z from 'zod'

const runner = z.looseObject({
  Interval: z.number().optional(),
  TotalRuns: z.number().optional(),
})

const source = z.looseObject({
  status: z.string().optional(),
  inputs: z.array(z.string()).nullish(),
  configuration: z.looseObject({ Path: z.string().nullish() }).nullish(),
  messages: z.unknown().optional(),
})

const receiver = z.looseObject({
  Service: z.string().optional(),
  TracesReceived: z.number().optional(),
})
export type ReceiverEntry = z.infer<typeof receiver>

const named = z.record(z.string(), z.unknown()).nullish()

/** The parts of `datadog-agent status --json` that are judged. Any of them may be absent while the Agent starts. */
export const statusSchema = z.looseObject({
  version: z.string().optional(),
  metadata: z
    .looseObject({
      'host-tags': z.looseObject({ system: z.array(z.string()).nullish() }).nullish(),
      meta: z.looseObject({ hostname: z.string().optional() }).nullish(),
    })
    .nullish(),
  hostnameStats: z.looseObject({ provider: z.string().optional() }).nullish(),
  runnerStats: z.looseObject({ Checks: z.record(z.string(), z.record(z.string(), runner)).nullish() }).nullish(),
  checkSchedulerStats: z.looseObject({ LoaderErrors: named }).nullish(),
  pyLoaderStats: z.looseObject({ ConfigureErrors: named }).nullish(),
  forwarderStats: z.looseObject({ APIKeyStatus: named, APIKeyFailure: named }).nullish(),
  endpointsInfos: named,
  logsStats: z
    .looseObject({
      is_running: z.boolean().optional(),
      integrations: z
        .array(z.looseObject({ name: z.string().optional(), sources: z.array(source).nullish() }))
        .nullish(),
    })
    .nullish(),
  apmStats: z.looseObject({ receiver: z.array(receiver).nullish(), error: z.string().optional() }).nullish(),
})
export type AgentStatus = z.infer<typeof statusSchema>

/** What is wrong with the log files that the Agent should follow; empty if it tails them all. */
export const tailProblems = (status: AgentStatus, files: readonly string[]): string[] => {
  if (status.logsStats?.is_running !== true) return ['the Agent’s log collection is not running']
  const sources = (status.logsStats.integrations ?? []).flatMap(({ sources: found }) => found ?? [])
  return files.flatMap((file) => {
    const match = sources.find(({ configuration }) => configuration?.Path === file)
    if (match === undefined) return [`${file}: the Agent has no log source for it`]
    if (match.status === 'OK' && match.inputs?.some((input) => input.includes(file))) return []
    return [`${file}: status ${match.status ?? 'unknown'}, inputs ${JSON.stringify(match.inputs ?? [])}`]
  })
}

/** Number of check instances that have run at least once. It grows until every instance has run, then stays. */
export const instancesRun = ({ runnerStats }: AgentStatus): number =>
  Object.values(runnerStats?.Checks ?? {})
    .flatMap((instances) => Object.values(instances))
    .filter(({ TotalRuns = 0 }) => TotalRuns > 0).length
