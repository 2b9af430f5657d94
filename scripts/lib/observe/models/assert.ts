import { BoxhoundError } from '../../_helpers/errors.ts'
import type { JsonObject } from '../json.ts'
import type { Resource } from '../types.ts'
import { dashboardRuleProblems } from './dashboard-rules.ts'
import { modelProblems, type Problem } from './problems.ts'

const models = {
  monitor: ['Monitor', 'v1'],
  dashboard: ['Dashboard', 'v1'],
  downtime: ['DowntimeCreateRequestAttributes', 'v2'],
} as const

/** The groups that are made of the parts have no places of their own: only a dashboard that places them by itself can hold them. */
const formatProblems = ({ layout_type: layout, reflow_type: reflow }: JsonObject): Problem[] => [
  ...(layout === 'free'
    ? [{ path: 'layout_type', message: 'expected ordered: groups have no places, found "free"' }]
    : []),
  ...(reflow === 'fixed'
    ? [{ path: 'reflow_type', message: 'expected auto: groups have no places, found "fixed"' }]
    : []),
]

const problemsOf = ({ kind, wire }: Resource): Problem[] => {
  const [model, version] = models[kind]
  const problems = modelProblems(model, version, wire)
  if (kind !== 'dashboard' || problems.length > 0) return problems
  return [...formatProblems(wire), ...dashboardRuleProblems(wire)]
}

/**
 * Every resource must be one by the official client's own models, and by what the documentation says beyond them, before anybody is asked.
 *
 * @throws BoxhoundError E_OBSERVE_MODEL (exit code 2), naming the file and the place in it.
 */
export const assertModels = (resources: readonly Resource[]): void => {
  for (const resource of resources) {
    const [problem] = problemsOf(resource)
    if (problem === undefined) continue
    const { kind, name, source, placeOf = (path) => ({ source, path }) } = resource
    const place = placeOf(problem.path)
    throw new BoxhoundError('E_OBSERVE_MODEL', `the ${kind} ${name} is none that the API takes`, {
      file: place.source,
      expected: 'fields and values of the API',
      found: place.path === '' ? problem.message : `${place.path}: ${problem.message}`,
      next: 'mend the file; nothing was changed in the account',
      exitCode: 2,
    })
  }
}
