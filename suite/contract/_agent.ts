import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { ContractContext } from '../../scripts/lib/proof/contract.ts'
import type { CommandOptions, CommandResult } from '../../scripts/lib/verify/command.ts'
import { jsonIn } from '../../scripts/lib/verify/json.ts'
import type { Guest } from '../box/guest.ts'

const strings = z.array(z.string())

/** The runner object of one instance: `check --json` and `status --json` have the same. */
export const runnerSchema = z.looseObject({
  CheckName: z.string(),
  CheckVersion: z.string(),
  CheckConfigSource: z.string(),
  CheckLoader: z.string(),
  CheckID: z.string(),
  Interval: z.number(),
  TotalRuns: z.number(),
  TotalErrors: z.number(),
  TotalWarnings: z.number(),
  MetricSamples: z.number(),
  ServiceChecks: z.number(),
  ExecutionTimes: z.array(z.number()),
  AverageExecutionTime: z.number(),
  LastExecutionTime: z.number(),
  LastSuccessDate: z.number(),
  LastError: z.string(),
  LastWarnings: strings.nullable(),
})

const metricSchema = z.looseObject({
  metric: z.string(),
  points: z.array(z.tuple([z.number(), z.number()])),
  tags: strings,
  host: z.string(),
  type: z.string(),
  interval: z.number(),
  source_type_name: z.string().optional(),
})

const serviceCheckSchema = z.looseObject({
  check: z.string(),
  host_name: z.string(),
  timestamp: z.number(),
  status: z.number(),
  message: z.string(),
  tags: strings.nullable(),
})

const instanceSchema = z.looseObject({
  aggregator: z.looseObject({
    metrics: z.array(metricSchema).nullish(),
    service_checks: z.array(serviceCheckSchema).nullish(),
    events: z.array(z.looseObject({})).nullish(),
  }),
  runner: runnerSchema,
})
export type Instance = z.infer<typeof instanceSchema>

/** Any document whose parts are looked up by name. */
export type Document = Readonly<Record<string, unknown>>

export interface Agent {
  readonly context: ContractContext
  readonly guest: Guest
  /** Runs `datadog-agent …` as dd-agent, as datadog.md says. */
  readonly command: (words: readonly string[], options?: CommandOptions) => Promise<CommandResult>
  /** One run of a planted check; parsed, whatever text stands before the JSON. */
  readonly check: (name: string, flags?: readonly string[]) => Promise<{ result: CommandResult; instances: Instance[] }>
  /** `status --json`, asked anew. */
  readonly status: () => Promise<Document>
  /** Runs a Python file of this folder as root on the machine. */
  readonly python: (file: string, input?: Document) => Promise<unknown>
}

export const planted = (name: string): string => `boxhound_contract_${name}`

export const createAgent = (guest: Guest, context: ContractContext): Agent => {
  const command: Agent['command'] = (words, options) =>
    guest.run(['runuser', '-u', 'dd-agent', '--', 'env', 'BOXHOUND_CONTRACT=all', 'datadog-agent', ...words], options)

  const python: Agent['python'] = async (file, input = {}) => {
    const script = await readFile(new URL(file, import.meta.url), 'utf8')
    const stdin = `import json\nINPUT = json.loads(${JSON.stringify(JSON.stringify({ ...input, script }))})\n${script}`
    const result = await guest.run(['python3', '-IB', '-'], { stdin, name: file })
    const document = result.code === 0 ? jsonIn(result.stdout) : undefined
    if (document !== undefined) return document
    throw new BoxhoundError('E_CONTRACT', `${file} failed with status ${result.code}`, {
      found: result.stderr.trim().slice(-1000),
    })
  }

  const check: Agent['check'] = async (name, flags = []) => {
    const result = await command(['check', planted(name), '--json', ...flags])
    const parsed = z.array(instanceSchema).safeParse(jsonIn(result.stdout))
    if (parsed.success) return { result, instances: parsed.data }
    throw new BoxhoundError('E_CONTRACT', `check ${name}: its JSON has not the shape of datadog.md`, {
      expected: parsed.error.message.slice(0, 500),
      found: (result.stdout + result.stderr).slice(-1000),
    })
  }

  const status: Agent['status'] = async () => {
    const { code, stdout, stderr } = await guest.run(['datadog-agent', 'status', '--json'])
    const document = jsonIn(stdout)
    if (code === 0 && typeof document === 'object' && document !== null) return document as Document
    throw new BoxhoundError('E_CONTRACT', `status --json: exit status ${code}`, { found: stderr.slice(-500) })
  }

  return { context, guest, command, check, status, python }
}

/** A value inside of nested documents; undefined where the way ends. */
export const at = (document: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (part, name) => (typeof part === 'object' && part !== null ? (part as Document)[name] : undefined),
    document,
  )

/** Tries again until `attempt` gives a value or two minutes are over. */
export const eventually = async <T>(attempt: () => Promise<T | undefined>, seconds = 120): Promise<T | undefined> => {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const value = await attempt().catch(() => undefined)
    if (value !== undefined || Date.now() > end) return value
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}
