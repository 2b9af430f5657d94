// Judges one run of `datadog-agent check NAME --json`.

import { type JsonObject, listOf, numberIn, objectAt, objectsOf, textOf, textsOf } from '../../_helpers/json.ts'
import { errorMessage } from '../../verify/last-error.ts'
import { jsonIn } from '../../verify/output-json.ts'
import { stateName } from '../../verify/states.ts'

/** What a run shows, and what is wrong with it. */
export interface RunVerdict {
  readonly observed: string
  readonly problems: readonly string[]
}

const runnerProblems = (instance: JsonObject): string[] => {
  const { LastError, TotalErrors } = objectAt(instance, 'runner')
  if (textOf(LastError) !== '') return [`a run of its own: ${errorMessage(textOf(LastError))}`]
  const errors = numberIn(TotalErrors) ?? 0
  return errors > 0 ? [`a run of its own had ${errors} errors`] : []
}

const serviceProblems = (instance: JsonObject): string[] =>
  objectsOf(objectAt(instance, 'aggregator').service_checks)
    .filter(({ status }) => status !== 0)
    .map(({ check, status, message }) =>
      `service check ${textOf(check)} is ${stateName(numberIn(status) ?? 3)} ${textOf(message)}`.trim(),
    )

/** The verdict lies in the JSON alone: the command exits 0 even when the check raised (guide/agent-contract.md). */
export const judgeRun = (run: JsonObject): RunVerdict => {
  const document = jsonIn(textOf(run.stdout))
  const instances = objectsOf(document)
  if (instances.length === 0) {
    const said = [run.stderr, run.stdout].map((text) => textOf(text).trim().slice(-1000)).filter((text) => text !== '')
    return { observed: '', problems: [`a run of its own printed no result: ${said.join('\n') || '(nothing)'}`] }
  }
  const metrics = instances.flatMap((one) => objectsOf(objectAt(one, 'aggregator').metrics))
  const warnings = instances.flatMap((one) => [...textsOf(objectAt(one, 'runner').LastWarnings)])
  return {
    observed: [
      `a run of its own: ${listOf(document).length} instances, ${new Set(metrics.map(({ metric }) => textOf(metric))).size} metrics`,
      ...warnings.map((text) => `warning: ${text}`),
    ].join(', '),
    problems: instances.flatMap((one) => [...runnerProblems(one), ...serviceProblems(one)]),
  }
}
