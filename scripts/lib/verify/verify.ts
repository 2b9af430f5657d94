// Verifies a machine.

import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { sha256 } from '../_helpers/hash.ts'
import type { Expectations } from '../render/rendered-box.ts'
import { reconcile, unjudged } from './collect.ts'
import { planChecks } from './plan.ts'
import type { CheckResult, Deadlines, MachineKind, SuiteContext, Target, VerifyResults } from './results.ts'
import { scrub, scrubResult } from './scrub.ts'
import { type Suite, type SuiteRun, startSuite } from './suite.ts'

export interface VerifyOptions {
  /** The checkout. */
  readonly tool: string
  /** Ids to run; empty for all. */
  readonly only?: readonly string[]
  /** SHA-256 of the image that was booted; null for a machine of the caller. */
  readonly image: string | null
  readonly keyed: boolean | null
  readonly machine: MachineKind
  /** Ids that this machine cannot show, each with the reason: they do not run. */
  readonly notJudged?: ReadonlyMap<string, string>
  readonly deadlines?: Partial<Deadlines>
  /** Seconds for the whole suite, default 600. */
  readonly deadline?: number
  readonly onResult?: (result: CheckResult) => void
  /** One line about what is going on. */
  readonly onNote?: (text: string) => void
  /** A figure that grows as long as the machine gets on; see `SessionOptions`. */
  readonly progress?: () => number | undefined
  /** A suite that the caller has started, and ends; by default one is started here. */
  readonly suite?: Suite
}

/** Enough for an emulated processor under load; a check that passes never waits for them. */
export const defaultDeadlines: Deadlines = { command: 120, poll: 90, limit: 270 }

const lastOutput = ({ code, output }: SuiteRun): string => {
  const words = scrub(output).trim().split('\n').slice(-15).join('\n')
  return `the suite ended with status ${code ?? 'none'}${words === '' ? '' : `, saying:\n${words}`}`
}

const nothingJudged = (results: readonly CheckResult[]): BoxhoundError =>
  new BoxhoundError('E_NOT_JUDGED', 'none of the planned checks can be judged on this machine', {
    found: results.map(({ id, observed }) => `${id}: ${observed}`).join('\n'),
    next: 'run them on a machine with a kernel of its own',
  })

/**
 * Judges a machine that can be reached over SSH.
 *
 * Red checks are results, not errors. A run that executes fewer checks than it planned has failed checks in their
 * place, and one that executes none at all is an error (fault 43). What the machine cannot show is not judged, and neither is what was left to judge when
 * it could not be reached any more; what a result quotes is scrubbed.
 *
 * @throws E_NOT_JUDGED when that leaves nothing to run, E_NO_CHECK_RAN, E_SUITE when every check passed and the suite failed all the same.
 */
export const verifyTarget = async (
  target: Target,
  expectations: Expectations,
  options: VerifyOptions,
): Promise<VerifyResults> => {
  const begun = Date.now()
  const planned = planChecks(expectations, options.only ?? [])
  const notJudged = unjudged(planned, options.notJudged ?? new Map())
  const judged = planned.filter(({ id }) => !notJudged.some((result) => result.id === id))
  if (judged.length === 0) throw nothingJudged(notJudged)
  const context: SuiteContext = {
    target,
    expectations,
    planned: judged,
    fresh: options.image !== null,
    vagrant: options.machine === 'vagrant',
    keyed: options.keyed,
    deadlines: { ...defaultDeadlines, ...options.deadlines },
  }
  const { tool, deadline = 600, onNote = () => {} } = options
  const onResult = (result: CheckResult): void => options.onResult?.(scrubResult(result))
  for (const result of notJudged) onResult(result)
  const own = options.suite === undefined
  const started = options.suite ?? (await startSuite(tool))
  const suite = await withCleanup(
    () => (own ? started.end() : undefined),
    () =>
      started.run(context, {
        deadline,
        onResult,
        onNote,
        ...(options.progress === undefined ? {} : { progress: options.progress }),
      }),
  )
  if (suite.results.length === 0) {
    throw new BoxhoundError('E_NO_CHECK_RAN', 'the suite ran no check at all', {
      expected: `${judged.length} checks`,
      found: lastOutput(suite),
    })
  }
  const checks = reconcile(planned, [...notJudged, ...suite.results], lastOutput(suite)).map((result) =>
    scrubResult(result),
  )
  const count = (status: CheckResult['status']): number => checks.filter((check) => check.status === status).length
  const lost = checks.some((check) => check.lost === true)
  if (!lost && count('passed') + count('failed') + count('skipped') === 0) throw nothingJudged(checks)
  if (suite.code !== 0 && !lost && count('failed') === 0) {
    throw new BoxhoundError('E_SUITE', 'the suite failed although each of its checks passed', {
      found: lastOutput(suite),
    })
  }
  return {
    box: expectations.box,
    machine: options.machine,
    image: options.image,
    expectations: sha256(JSON.stringify(expectations)),
    labAgent: expectations.agent.lab,
    planned: planned.length,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    notJudged: count('not judged'),
    seconds: (Date.now() - begun) / 1000,
    checks,
  }
}
