// Queries and formulas of a widget.

import { type JsonObject, objectOf, objectsOf, textIn } from '../../_helpers/json.ts'
import { evaluate } from './formula.ts'
import type { Point, Series } from './page-data.ts'
import { type Quantity, quantityOf } from './quantity.ts'
import { parseQuery } from './query.ts'
import { joined } from './rollup.ts'
import { type Scene, seriesOf, type Window } from './scene.ts'

/** A request of a widget. */
export interface Request {
  /** Query texts by name. */
  readonly queries: ReadonlyMap<string, string>
  /** How to reduce each query's points to one number, for widgets that show one. */
  readonly aggregators: ReadonlyMap<string, string>
  readonly formulas: readonly { readonly formula: string; readonly alias?: string; readonly quantity?: Quantity }[]
  readonly wire: JsonObject
}

/** A formula's series and what their labels need. */
export interface Result {
  readonly label: string
  readonly series: readonly Series[]
  readonly quantity: Quantity
  /** The width of the band if the formula uses anomalies. */
  readonly bounds?: number
}

const inline = /^\s*anomalies\((.+),\s*(['"]\w+['"]\s*,\s*[\d.]+)[^)]*\)\s*$/s

const units: Readonly<Record<string, Quantity>> = {
  byte: 'byte',
  second: 'second',
  percent: 'percent',
  megawatt: 'megawatt',
}

const unitOf = (formula: JsonObject): Quantity | undefined => {
  const name = textIn(objectOf(objectOf(formula.number_format).unit).unit_name) ?? ''
  return Object.hasOwn(units, name) ? units[name] : undefined
}

/** Parses a request in either form: named queries with formulas, or a single text in `q`. */
export const readRequest = (wire: JsonObject): Request => {
  const queries = new Map<string, string>()
  const aggregators = new Map<string, string>()
  for (const [index, query] of objectsOf(wire.queries).entries()) {
    const name = textIn(query.name) ?? `query${index + 1}`
    queries.set(name, textIn(query.query) ?? textIn(query.data_source) ?? '')
    aggregators.set(name, textIn(query.aggregator) ?? textIn(wire.aggregator) ?? 'avg')
  }
  const formulas = objectsOf(wire.formulas).map((formula) => {
    const [alias, quantity] = [textIn(formula.alias), unitOf(formula)]
    return {
      formula: textIn(formula.formula) ?? '',
      ...(alias === undefined ? {} : { alias }),
      ...(quantity === undefined ? {} : { quantity }),
    }
  })
  const old = textIn(wire.q)
  if (old !== undefined && queries.size === 0) {
    const [, query, rest] = inline.exec(old) ?? []
    queries.set('query1', query ?? old)
    aggregators.set('query1', textIn(wire.aggregator) ?? 'avg')
    if (query !== undefined) formulas.push({ formula: `anomalies(query1, ${rest ?? ''})` })
  }
  const plain = [...queries.keys()].map((formula) => ({ formula }))
  return { queries, aggregators, formulas: formulas.length === 0 ? plain : formulas, wire }
}

const evaluateAll = (request: Request, data: ReadonlyMap<string, readonly Series[]>, { samples }: Scene): Result[] =>
  request.formulas.map(({ formula, alias, quantity }) => {
    // An unreadable formula is drawn as its first query, so that the tile still shows something related.
    const [first] = data.keys()
    const result = evaluate(formula, data) ?? { series: data.get(first ?? '') ?? [], query: first }
    const query = request.queries.get(result.query ?? '')
    return {
      label:
        alias ??
        (result.query === formula || ('bounds' in result && result.bounds !== undefined) ? query : undefined) ??
        formula,
      series: result.series,
      quantity: quantity ?? quantityOf(parseQuery(query ?? '')?.metric ?? '', samples.units),
      ...('bounds' in result && result.bounds !== undefined ? { bounds: result.bounds } : {}),
    }
  })

export const resultsOf = (request: Request, scene: Scene, window: Window): Result[] =>
  evaluateAll(
    request,
    new Map([...request.queries].map(([name, query]) => [name, seriesOf(query, scene, window)])),
    scene,
  )

const single = (points: readonly Point[], aggregator: string): number | undefined => {
  const values = points.map(([, value]) => value)
  if (aggregator === 'last') return values.at(-1)
  return joined(aggregator === 'sum' || aggregator === 'min' || aggregator === 'max' ? aggregator : 'avg', values)
}

/** The same for widgets that show numbers: each query is first reduced to a number, then the formula is evaluated. */
export const numbersOf = (request: Request, scene: Scene, window: Window): Result[] => {
  const data = [...request.queries].map(([name, query]): [string, Series[]] => [
    name,
    seriesOf(query, scene, window).map(({ tags, points }) => {
      const value = single(points, request.aggregators.get(name) ?? 'avg')
      return { tags, points: value === undefined ? [] : [[0, value]] }
    }),
  ])
  return evaluateAll(request, new Map(data), scene)
}
