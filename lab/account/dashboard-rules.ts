import { isObject, type JsonObject, listOf, memberPath, objectAt } from '../../scripts/lib/_helpers/json.ts'
import { complaint } from './context.ts'
import { parseFormula, parseQuery } from './queries/expression.ts'

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
]

const queryProblems = (query: unknown, path: string, variables: ReadonlySet<string>): string[] => {
  const text = String(query)
  const wrong = complaint(() => parseQuery(text))
  if (wrong !== undefined) return [`${path}: ${wrong}`]
  const used = [...new Set(parseQuery(text).queries.flatMap((part) => part.variables))]
  const unknown = used.filter((name) => !variables.has(name))
  return unknown.map((name) => `${path}: $${name} is not among the template variables`)
}

const formulaProblems = (formula: unknown, path: string, names: readonly string[]): string[] => {
  const text = String(formula)
  const wrong = complaint(() => parseFormula(text))
  if (wrong !== undefined) return [`${path}: ${wrong}`]
  const unknown = parseFormula(text).names.filter((name) => !names.includes(name))
  return unknown.map(
    (name) => `${path}: there is no query ${name}; there ${names.length === 0 ? 'is none' : `are ${names.join(', ')}`}`,
  )
}

const requestProblems = (request: JsonObject, path: string, variables: ReadonlySet<string>): string[] => {
  const queries = listOf(request.queries).filter(isObject)
  const names = queries.map((query) => String(query.name))
  return [
    ...(typeof request.q === 'string' ? queryProblems(request.q, memberPath(path, 'q'), variables) : []),
    ...repeated(names).map((name) => `${path}.queries: two queries have the name ${name}`),
    ...queries.flatMap((query, index) =>
      query.data_source === 'metrics' ? queryProblems(query.query, `${path}.queries[${index}].query`, variables) : [],
    ),
    ...listOf(request.formulas).flatMap((formula, index) =>
      isObject(formula) ? formulaProblems(formula.formula, `${path}.formulas[${index}].formula`, names) : [],
    ),
  ]
}

const widgetProblems = (widget: unknown, path: string, variables: ReadonlySet<string>): string[] => {
  const definition = objectAt(widget, 'definition')
  const inside = `${path}.definition`
  const requests = listOf(definition.requests).filter(isObject)
  return [
    ...requests.flatMap((request, index) => requestProblems(request, `${inside}.requests[${index}]`, variables)),
    ...listOf(definition.widgets).flatMap((inner, index) =>
      widgetProblems(inner, `${inside}.widgets[${index}]`, variables),
    ),
  ]
}

/** Which widgets must have a place of their own and which must not: `layout_type` and `reflow_type`. */
const layoutProblems = (dashboard: JsonObject): string[] => {
  const { layout_type: layout, reflow_type: reflow } = dashboard
  if (layout === 'free' && reflow != null) return ['reflow_type: only a dashboard with layout_type ordered has one']
  const placed = layout === 'free' || reflow === 'fixed'
  if (!placed && reflow !== 'auto') return []
  return listOf(dashboard.widgets).flatMap((widget, index) => {
    const has = isObject(widget) && widget.layout != null
    if (has === placed) return []
    return [`widgets[${index}]: ${placed ? 'a layout is required here' : 'no layout is allowed with reflow_type auto'}`]
  })
}

const tagProblems = (tags: readonly unknown[]): string[] => [
  ...(tags.length > 5 ? [`tags: at most 5 are allowed, found ${tags.length}`] : []),
  ...tags.filter((tag) => !/^team:\S+$/.test(String(tag))).map((tag) => `tags: only team:… is allowed, found ${tag}`),
]

/**
 * What the documentation of dashboards forbids beyond the model: tags, template variables, queries and formulas that don't parse.
 *
 * @param dashboard a body that the model `Dashboard` accepts.
 */
export const dashboardProblems = (dashboard: JsonObject): string[] => {
  const variables = listOf(dashboard.template_variables).filter(isObject)
  const names = variables.map((variable) => String(variable.name))
  const known = new Set(names)
  return [
    ...(String(dashboard.title).trim() === '' ? ['title: it is empty'] : []),
    ...tagProblems(listOf(dashboard.tags)),
    ...repeated(names).map((name) => `template_variables: two have the name ${name}`),
    ...variables
      .filter((variable) => variable.default != null && variable.defaults != null)
      .map((variable) => `template_variables: ${variable.name} has both default and defaults`),
    ...layoutProblems(dashboard),
    ...listOf(dashboard.widgets).flatMap((widget, index) => widgetProblems(widget, `widgets[${index}]`, known)),
  ]
}
