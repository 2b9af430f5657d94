import * as z from 'zod'
import type { CheckExpectation } from '../../scripts/lib/render/rendered-box.ts'
import type { CommandResult } from '../../scripts/lib/verify/command.ts'
import { errorMessage } from '../../scripts/lib/verify/last-error.ts'
import { jsonIn } from '../../scripts/lib/verify/output-json.ts'
import { isRightState, stateName } from '../../scripts/lib/verify/states.ts'
import { judge, list, missing, type Verdict } from './verdict.ts'

const metric = z.looseObject({
  metric: z.string(),
  points: z.array(z.tuple([z.number(), z.number()])).nullish(),
  tags: z.array(z.string()).nullish(),
})
const serviceCheck = z.looseObject({ check: z.string(), status: z.number(), message: z.string().nullish() })

const instanceSchema = z.looseObject({
  aggregator: z
    .looseObject({ metrics: z.array(metric).nullish(), service_checks: z.array(serviceCheck).nullish() })
    .nullish(),
  runner: z.looseObject({
    TotalErrors: z.number().nullish(),
    LastError: z.string().nullish(),
    LastWarnings: z.array(z.string()).nullish(),
  }),
})
type Metric = z.infer<typeof metric>

const metricProblems = (metrics: readonly Metric[], expectation: CheckExpectation): string[] => {
  const names = [...expectation.metrics, ...expectation.rates]
  const absent = missing(
    names,
    metrics.map(({ metric: name }) => name),
  )
  const ours = metrics.filter(({ metric: name }) => names.includes(name))
  const untagged = ours.flatMap(({ metric: name, tags }) =>
    missing(expectation.tags, tags ?? []).map((tag) => `${name} lacks the tag ${tag}`),
  )
  const outside = ours.flatMap(({ metric: name, points }) => {
    const range = expectation.ranges[name]
    const values = (points ?? []).map(([, value]) => value)
    return range === undefined
      ? []
      : values.filter((value) => value < range.min || value > range.max).map((value) => `${name} is ${value}`)
  })
  return [...(absent.length === 0 ? [] : [`missing metrics: ${list(absent)}`]), ...new Set(untagged), ...outside]
}

const rulesFor = ({ warnings }: CheckExpectation, text: string) =>
  typeof warnings === 'string' ? [] : warnings.filter(({ pattern }) => new RegExp(pattern, 'u').test(text))

const isAllowed = (expectation: CheckExpectation, text: string): boolean =>
  expectation.warnings === 'allowed' || rulesFor(expectation, text).length > 0

/** ` (allowed: REASON)` for a warning that a rule allows. */
const reasonFor = (expectation: CheckExpectation, text: string): string =>
  rulesFor(expectation, text)
    .map(({ reason }) => ` (allowed: ${reason})`)
    .join('')

/** `a, b OK, c unknown`. */
const serviceWords = ({ serviceChecks, states = {} }: Pick<CheckExpectation, 'serviceChecks' | 'states'>): string => {
  const isOk = (name: string): boolean => (states[name] ?? 'ok') === 'ok'
  const ok = serviceChecks.filter(isOk)
  const others = serviceChecks.filter((name) => !isOk(name)).map((name) => `${name} ${states[name]}`)
  return [...(ok.length === 0 ? [] : [`${list(ok)} OK`]), ...others].join(', ')
}

/** What the expectation requires, in words. */
const wanted = ({ metrics, rates, serviceChecks, states = {}, tags, ranges, warnings }: CheckExpectation): string =>
  [
    `an instance without errors, ${metrics.length + rates.length} metrics`,
    ...(serviceChecks.length === 0 ? [] : [serviceWords({ serviceChecks, states })]),
    ...(tags.length === 0 ? [] : [`tagged ${list(tags)}`]),
    ...Object.entries(ranges).map(([name, { min, max }]) => `${name} from ${min} to ${max}`),
    ...(warnings === 'none' ? ['no warning'] : []),
    ...(typeof warnings === 'string' ? [] : ['only allowed warnings']),
  ].join(', ')

/**
 * Judges one run of `datadog-agent check NAME --json` by its JSON: the exit status is 0 even when the check raised, so
 * it can only ever add a reason to fail (guide/agent-contract.md, "datadog-agent check").
 */
export const judgeCheck = (
  expectation: CheckExpectation,
  { code, stdout, stderr }: Omit<CommandResult, 'seconds'>,
): Verdict => {
  const expected = wanted(expectation)
  // For a check that can't be loaded, stderr only says that there is none; the reason is on stdout.
  if (code !== 0) {
    const said = [stderr, stdout].map((text) => text.trim().slice(-2000)).filter((text) => text !== '')
    return judge(expected, '', [`exit status ${code}: ${said.join('\n') || '(no output)'}`])
  }
  const parsed = z.array(instanceSchema).safeParse(jsonIn(stdout))
  if (!parsed.success)
    return judge(expected, '', [
      `its output is not the JSON of a check run: ${stdout.trim().slice(-500) || '(nothing)'}`,
    ])
  const instances = parsed.data
  const metrics = instances.flatMap(({ aggregator }) => aggregator?.metrics ?? [])
  const services = instances.flatMap(({ aggregator }) => aggregator?.service_checks ?? [])
  const runners = instances.map(({ runner }) => runner)
  const warnings = runners.flatMap(({ LastWarnings }) => LastWarnings ?? [])
  const problems = [
    ...(instances.length === 0 ? ['no instance ran'] : []),
    ...runners.flatMap(({ TotalErrors, LastError }) =>
      LastError ? [`error: ${errorMessage(LastError)}`] : TotalErrors ? [`${TotalErrors} errors`] : [],
    ),
    ...services
      .filter(({ check, status }) => !isRightState(expectation.states?.[check], status))
      .map(({ check, status, message }) =>
        `${check} has status ${status} (${stateName(status)}), not ${expectation.states?.[check] ?? 'ok'} ${message ?? ''}`.trim(),
      ),
    ...missing(
      expectation.serviceChecks,
      services.map(({ check }) => check),
    ).map((name) => `missing service check: ${name}`),
    ...metricProblems(metrics, expectation),
    ...warnings.filter((text) => !isAllowed(expectation, text)).map((text) => `warning: ${text}`),
  ]
  const seen = [
    `${instances.length} instance`,
    `${new Set(metrics.map(({ metric: name }) => name)).size} metrics`,
    ...warnings.map((text) => `warning: ${text}${reasonFor(expectation, text)}`),
  ]
  return judge(expected, seen.join(', '), problems)
}

/** The metrics that one run of a check sent, all instances together; or why there are none. */
export const metricsOf = ({ code, stdout, stderr }: Omit<CommandResult, 'seconds'>): readonly Metric[] | string => {
  if (code !== 0) return `exit status ${code}: ${(stderr.trim() || stdout.trim()).slice(-500) || '(no output)'}`
  const parsed = z.array(instanceSchema).safeParse(jsonIn(stdout))
  if (!parsed.success) return `its output is not the JSON of a check run: ${stdout.trim().slice(-500) || '(nothing)'}`
  const failed = parsed.data.find(({ runner }) => runner.LastError)
  if (failed !== undefined) return `error: ${errorMessage(failed.runner.LastError ?? '')}`
  return parsed.data.flatMap(({ aggregator }) => aggregator?.metrics ?? [])
}
