import { isObject, type JsonObject, listOf, memberPath, objectAt } from '../../scripts/lib/_helpers/json.ts'
import { complaint } from './context.ts'
import { parseFormula, parseQueries, parseQuery } from './queries/expression.ts'

const parsed = (text: unknown, path: string, parse: (text: string) => unknown): string[] => {
  const wrong = complaint(() => parse(String(text)))
  return wrong === undefined ? [] : [`${path}: ${wrong}`]
}

const requestProblems = (request: JsonObject, path: string): string[] => [
  ...(typeof request.q === 'string' ? parsed(request.q, memberPath(path, 'q'), parseQueries) : []),
  ...listOf(request.queries)
    .filter(isObject)
    .flatMap((query, index) =>
      query.data_source === 'metrics' ? parsed(query.query, `${path}.queries[${index}].query`, parseQuery) : [],
    ),
  ...listOf(request.formulas).flatMap((formula, index) =>
    isObject(formula) ? parsed(formula.formula, `${path}.formulas[${index}].formula`, parseFormula) : [],
  ),
]

const widgetProblems = (widget: unknown, path: string): string[] => {
  const definition = objectAt(widget, 'definition')
  const inside = `${path}.definition`
  const requests = listOf(definition.requests).filter(isObject)
  return [
    ...requests.flatMap((request, index) => requestProblems(request, `${inside}.requests[${index}]`)),
    ...listOf(definition.widgets).flatMap((inner, index) => widgetProblems(inner, `${inside}.widgets[${index}]`)),
  ]
}

/**
 * What the documentation of dashboards forbids beyond boxhound's own checks: queries and formulas that don't parse.
 *
 * @param dashboard a body that the model `Dashboard` accepts.
 */
export const dashboardProblems = (dashboard: JsonObject): string[] =>
  listOf(dashboard.widgets).flatMap((widget, index) => widgetProblems(widget, `widgets[${index}]`))
