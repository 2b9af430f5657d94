// Documented rules for dashboards beyond the model.

import { isObject, type JsonObject, listOf, memberPath, objectAt } from '../../_helpers/json.ts'
import { repeated } from '../../_helpers/lists.ts'
import type { Problem } from './model-problem.ts'

/** `$name` in the scopes and groups of a query, without duplicates. */
const variablesIn = (query: string): string[] => {
  const scopes = [...query.matchAll(/\{[^{}]*\}/g)].join()
  return [...new Set([...scopes.matchAll(/\$([A-Za-z_][\w-]*)/g)].map(([, name = '']) => name))]
}

/** Names of queries in a formula: words that are neither a function, an argument nor in quotes. */
const namesIn = (formula: string): string[] => [
  ...new Set(formula.replaceAll(/'[^']*'|"[^"]*"/g, '').match(/(?<![\w.])[A-Za-z_]\w*(?!\w*\s*[(=])/g)),
]

const queryProblems = (query: unknown, path: string, variables: ReadonlySet<string>): Problem[] =>
  variablesIn(String(query))
    .filter((name) => !variables.has(name))
    .map((name) => ({ path, message: `$${name} is not among the template variables`, maybe: 'variable' }))

const formulaProblems = (formula: unknown, path: string, names: readonly string[]): Problem[] => {
  const there = names.length === 0 ? 'is none' : `are ${names.join(', ')}`
  return namesIn(String(formula))
    .filter((name) => !names.includes(name))
    .map((name) => ({ path, message: `there is no query ${name}; there ${there}` }))
}

const requestProblems = (request: JsonObject, path: string, variables: ReadonlySet<string>): Problem[] => {
  const queries = listOf(request.queries).filter(isObject)
  const names = queries.map((query) => String(query.name))
  return [
    ...(typeof request.q === 'string' ? queryProblems(request.q, memberPath(path, 'q'), variables) : []),
    ...repeated(names).map((name) => ({ path: `${path}.queries`, message: `two queries have the name ${name}` })),
    ...queries.flatMap((query, index) =>
      query.data_source === 'metrics' ? queryProblems(query.query, `${path}.queries[${index}].query`, variables) : [],
    ),
    ...listOf(request.formulas).flatMap((formula, index) =>
      isObject(formula) ? formulaProblems(formula.formula, `${path}.formulas[${index}].formula`, names) : [],
    ),
  ]
}

/**
 * Widgets that need a request, by the specification of API v1 (`minItems`). If exactly one is required (`query_value`),
 * the client's model checks it too.
 */
const needsRequest: ReadonlySet<unknown> = new Set(['timeseries'])

const countProblems = ({ type, requests }: JsonObject, path: string): Problem[] =>
  needsRequest.has(type) && listOf(requests).length === 0
    ? [{ path: `${path}.requests`, message: 'at least one is required' }]
    : []

const widgetProblems = (widget: unknown, path: string, variables: ReadonlySet<string>): Problem[] => {
  const definition = objectAt(widget, 'definition')
  const inside = `${path}.definition`
  const requests = listOf(definition.requests).filter(isObject)
  return [
    ...countProblems(definition, inside),
    ...requests.flatMap((request, index) => requestProblems(request, `${inside}.requests[${index}]`, variables)),
    ...listOf(definition.widgets).flatMap((inner, index) =>
      widgetProblems(inner, `${inside}.widgets[${index}]`, variables),
    ),
  ]
}

/** Which widgets must have a position, and which must not: `layout_type` and `reflow_type`. */
const layoutProblems = (dashboard: JsonObject): Problem[] => {
  const { layout_type: layout, reflow_type: reflow } = dashboard
  if (layout === 'free' && reflow != null)
    return [{ path: 'reflow_type', message: 'only a dashboard with layout_type ordered has one' }]
  const placed = layout === 'free' || reflow === 'fixed'
  if (!placed && reflow !== 'auto') return []
  const message = placed ? 'a layout is required here' : 'no layout is allowed with reflow_type auto'
  return listOf(dashboard.widgets).flatMap((widget, index) => {
    const has = isObject(widget) && widget.layout != null
    return has === placed ? [] : [{ path: `widgets[${index}]`, message }]
  })
}

/** A tab refers to its widgets by id or by position; `@1` is the first. */
const tabProblems = ({ tabs, widgets }: JsonObject): Problem[] => {
  const all = listOf(widgets)
  const ids = new Set(all.map((widget) => (isObject(widget) ? widget.id : undefined)))
  const isThere = (id: unknown): boolean => {
    const place = /^@([1-9]\d*)$/.exec(String(id))?.[1]
    return place === undefined ? typeof id === 'number' && ids.has(id) : Number(place) <= all.length
  }
  return listOf(tabs).flatMap((tab, index) =>
    (isObject(tab) ? listOf(tab.widget_ids) : []).flatMap((id, at) =>
      isThere(id)
        ? []
        : [
            {
              path: `tabs[${index}].widget_ids[${at}]`,
              message: `expected a widget's id, or its place from @1 to @${all.length}, found ${JSON.stringify(id)}`,
            },
          ],
    ),
  )
}

const tagProblems = (tags: readonly unknown[]): Problem[] => [
  ...(tags.length > 5 ? [{ path: 'tags', message: `at most 5 are allowed, found ${tags.length}` }] : []),
  ...tags
    .filter((tag) => !/^team:\S+$/.test(String(tag)))
    .map((tag) => ({ path: 'tags', message: `only team:… is allowed, found ${tag}` })),
]

/**
 * What the documentation of dashboards forbids beyond the model, without knowledge of Datadog's query language:
 * positions, tags, template variables, and undefined names of queries.
 *
 * @param dashboard a body that the model `Dashboard` accepts.
 */
export const dashboardRuleProblems = (dashboard: JsonObject): Problem[] => {
  const variables = listOf(dashboard.template_variables).filter(isObject)
  const names = variables.map((variable) => String(variable.name))
  const known = new Set(names)
  const problem = (message: string): Problem => ({ path: 'template_variables', message })
  return [
    ...(String(dashboard.title).trim() === '' ? [{ path: 'title', message: 'it is empty' }] : []),
    ...tagProblems(listOf(dashboard.tags)),
    ...repeated(names).map((name) => problem(`two have the name ${name}`)),
    ...variables
      .filter((variable) => variable.default != null && variable.defaults != null)
      .map((variable) => problem(`${variable.name} has both default and defaults`)),
    ...layoutProblems(dashboard),
    ...tabProblems(dashboard),
    ...listOf(dashboard.widgets).flatMap((widget, index) => widgetProblems(widget, `widgets[${index}]`, known)),
  ]
}
