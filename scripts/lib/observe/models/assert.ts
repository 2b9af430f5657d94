// Validates every resource with the models, reporting file and place.

import { BoxhoundError } from '../../_helpers/errors.ts'
import type { Place, Resource } from '../resource-kinds.ts'
import { type DashboardVerdict, judgeDashboard } from './dashboard.ts'
import { fieldProblems, modelProblems, type Problem } from './problems.ts'

const models = {
  monitor: ['Monitor', 'v1'],
  downtime: ['DowntimeCreateRequestAttributes', 'v2'],
} as const

const judge = ({ kind, wire, isPasted = false }: Resource): DashboardVerdict => {
  if (kind === 'dashboard') return judgeDashboard(wire, isPasted)
  const [model, version] = models[kind]
  if (!isPasted) return { problems: modelProblems(model, version, wire), unsure: [] }
  const isNews = ({ maybe, path }: Problem): boolean => maybe !== undefined && path.startsWith('options.')
  const problems = fieldProblems(model, version, wire)
  return { problems: problems.filter((one) => !isNews(one)), unsure: problems.filter(isNews) }
}

const placeOf = ({ source, placeOf: own }: Resource, path: string): Place => own?.(path) ?? { source, path }

const wordsOf = (resource: Resource, problem: Problem): { readonly file: string; readonly found: string } => {
  const { source, path } = placeOf(resource, problem.path)
  return { file: source, found: path === '' ? problem.message : `${path}: ${problem.message}` }
}

const doubts = { field: 'unknown field', value: 'unknown value', variable: 'unknown variable' } as const

/** For a value that the API may know, a list of those that we know would not help. */
const doubtOf = (resource: Resource, problem: Problem): string => {
  const { source, path } = placeOf(resource, problem.path)
  const { maybe = 'field', message } = problem
  const what =
    maybe === 'variable' ? message : `${doubts[maybe]}${maybe === 'value' ? message.replace(/^.*, found/, '') : ''}`
  return `${source}: ${path}: ${what}; sent as it is`
}

/**
 * Every resource must be valid by the official client's own models, and by further rules in the documentation, before
 * anything is sent.
 *
 * @returns warnings about what the pinned client doesn't know but the API may.
 * @throws BoxhoundError E_OBSERVE_MODEL (exit code 2), naming the file and the place in it.
 */
export const assertModels = (resources: readonly Resource[]): string[] =>
  resources.flatMap((resource) => {
    const { problems, unsure } = judge(resource)
    const [problem] = problems
    if (problem !== undefined)
      throw new BoxhoundError('E_OBSERVE_MODEL', `the API does not accept the ${resource.kind} ${resource.name}`, {
        ...wordsOf(resource, problem),
        expected: 'fields and values of the API',
        next: 'fix the file; nothing was changed in the account',
        exitCode: 2,
      })
    return unsure.map((one) => doubtOf(resource, one))
  })
