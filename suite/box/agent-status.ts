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
      integrations: z.array(z.looseObject({ sources: z.array(source).nullish() })).nullish(),
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

const texts = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

/** Every loader is tried in turn, so the core loader reports a Python check as missing. That is not an error. */
const isCatalog = (text: string): boolean => /^Check \S+ not found in Catalog$/.test(text.trim())

/**
 * Why a check was not loaded; empty if it was. The Agent files the error under the check's name, or under name and
 * version, as a text, a list, or an object with one text per loader.
 */
export const loadErrors = ({ checkSchedulerStats, pyLoaderStats }: AgentStatus, name: string): string[] => {
  const own = (part: Readonly<Record<string, unknown>> | null | undefined): string[] =>
    Object.entries(part ?? {})
      .filter(([key]) => key === name || (key.startsWith(`${name} (`) && key.endsWith(')')))
      .flatMap(([, value]) => texts(value))
  const found = [...own(checkSchedulerStats?.LoaderErrors), ...own(pyLoaderStats?.ConfigureErrors)]
  const real = found.filter((text) => !isCatalog(text)).map((text) => text.trim())
  // A refused configuration is reported twice, once with a prefix.
  const longest = real.filter(
    (text, index) => !real.some((other, at) => at !== index && other.includes(text) && other !== text),
  )
  return longest.length > 0 || found.length === 0 ? [...new Set(longest)] : [...new Set(found)]
}
