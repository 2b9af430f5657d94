import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { ContractContext } from '../../scripts/lib/proof/contract.ts'
import type { CommandOptions, CommandResult } from '../../scripts/lib/verify/command.ts'
import { jsonIn } from '../../scripts/lib/verify/output-json.ts'
import type { Guest } from '../box/guest.ts'

/** A field that is absent or has another type becomes undefined, so that only the clause that checks it fails. */
const field = <T extends z.ZodType>(type: T) => type.optional().catch(undefined)
const text = field(z.string())
const number = field(z.number())
const strings = field(z.array(z.string()))

/** The runner object of one instance, the same in `check --json` and `status --json`. */
export const runnerSchema = z.looseObject({
  CheckName: text,
  CheckVersion: text,
  CheckConfigSource: text,
  /** Absent up to some version after 7.63. */
  CheckLoader: text,
  CheckID: text,
  Interval: number,
  TotalRuns: number,
  TotalErrors: number,
  TotalWarnings: number,
  MetricSamples: number,
  ServiceChecks: number,
  ExecutionTimes: field(z.array(z.number())),
  AverageExecutionTime: number,
  LastExecutionTime: number,
  LastSuccessDate: number,
  LastError: text,
  LastWarnings: strings,
})

/** What every runner must have: all of the above but `CheckLoader`. */
export const runnerFields = Object.keys(runnerSchema.shape).filter((name) => name !== 'CheckLoader')

const metricSchema = z.looseObject({
  metric: text,
  points: field(z.array(z.tuple([z.number(), z.number()]))),
  tags: strings,
  host: text,
  type: text,
  interval: number,
  source_type_name: text,
})

const serviceCheckSchema = z.looseObject({
  check: text,
  host_name: text,
  timestamp: number,
  status: number,
  message: text,
  tags: strings,
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

/** The instances in the output of `check --json`, ignoring any text before it; undefined if there are none. */
export const instancesIn = (stdout: string): Instance[] | undefined =>
  z.array(instanceSchema).safeParse(jsonIn(stdout)).data

/** Any document whose parts are looked up by name. */
export type Document = Readonly<Record<string, unknown>>

export interface Agent {
  readonly context: ContractContext
  readonly guest: Guest
  /** Runs `datadog-agent …` as dd-agent, as guide/agent-contract.md says. */
  readonly command: (words: readonly string[], options?: CommandOptions) => Promise<CommandResult>
  /** Runs a planted check once and parses its output, ignoring any text before the JSON. */
  readonly check: (name: string, flags?: readonly string[]) => Promise<{ result: CommandResult; instances: Instance[] }>
  /** A fresh `status --json`. */
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
    const instances = instancesIn(result.stdout)
    if (instances !== undefined) return { result, instances }
    throw new BoxhoundError('E_CONTRACT', `check ${name}: its output has no array of instances`, {
      expected: 'an array of instances, each with aggregator and runner',
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

/** A value inside nested documents; undefined if the path doesn't exist. */
export const at = (document: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (part, name) => (typeof part === 'object' && part !== null ? (part as Document)[name] : undefined),
    document,
  )

/** Retries until `attempt` returns a value or `seconds` have passed. */
export const eventually = async <T>(attempt: () => Promise<T | undefined>, seconds = 120): Promise<T | undefined> => {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const value = await attempt().catch(() => undefined)
    if (value !== undefined || Date.now() > end) return value
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}

/** A fake key for disposable machines, in the right format. */
export const key = `${'0123456789abcdef'.repeat(2).slice(0, 28)}7e57`
export const names = { DD_HOSTNAME: 'contract-host', DD_TAGS: 'contract:one contract:two' } as const

/** Restarts the Agent once for all later clauses, with other variables, a key, and the planted checks in place. */
export const disturbed = (agent: Agent): Promise<unknown> =>
  agent.guest.once('disturb', async () => {
    const environment = agent.context.disposable ? { ...names, DD_API_KEY: key } : names
    await agent.python('machine.py', { do: 'disturb', environment })
    const up = await eventually(async () => at(await agent.status(), 'runnerStats', 'Checks', planted('shapes')))
    if (up === undefined) throw new Error('the Agent did not come back with the planted check')
    return up
  })
