// Formulas.

import type { Point, Series } from './page-data.ts'

/** The result of a formula: series, or a single number. */
type Value = readonly Series[] | number

export interface Formula {
  readonly series: readonly Series[]
  /** The width of the band if the formula uses anomalies. */
  readonly bounds?: number
  /** The one query that determines the result's unit; undefined after arithmetic. */
  readonly query?: string
}

const token = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|('[^']*'|"[^"]*")|([-+*/(),]))/y

const tokensOf = (formula: string): string[] | undefined => {
  const tokens: string[] = []
  token.lastIndex = 0
  while (token.lastIndex < formula.trimEnd().length) {
    const [found] = token.exec(formula) ?? []
    if (found === undefined) return undefined
    tokens.push(found.trim())
  }
  return tokens
}

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
}

const finite = (points: readonly Point[]): Point[] => points.filter(([, value]) => Number.isFinite(value))

/**
 * Combines two values point by point. Series are matched by their tags; a single series is combined with each of the
 * others.
 */
const combine = (operator: (a: number, b: number) => number, left: Value, right: Value): Value => {
  if (typeof left === 'number' && typeof right === 'number') return operator(left, right)
  if (typeof left === 'number') return combine((a, b) => operator(b, a), right, left)
  if (typeof right === 'number')
    return left.map(({ tags, points }) => ({
      tags,
      points: finite(points.map(([at, value]): Point => [at, operator(value, right)])),
    }))
  if (left.length === 1 && right.length > 1) return combine((a, b) => operator(b, a), right, left)
  return left.flatMap(({ tags, points }) => {
    const partner = right.length === 1 ? right[0] : right.find((other) => other.tags.join() === tags.join())
    if (partner === undefined) return []
    const others = new Map(partner.points)
    return [{ tags, points: finite(points.map(([at, value]): Point => [at, operator(value, others.get(at) ?? NaN)])) }]
  })
}

const deepest = 40

/**
 * Evaluates a widget's formula: names of queries, numbers, `+ - * /`, parentheses, `anomalies(…, 'basic', 2)`. For any
 * other function the result is its first argument, which keeps the shape. Undefined if it can't be parsed.
 */
export const evaluate = (formula: string, queries: ReadonlyMap<string, readonly Series[]>): Formula | undefined => {
  const tokens = tokensOf(formula)
  if (tokens === undefined) return undefined
  let place = 0
  let bounds: number | undefined
  const takes = (wanted: string): boolean => tokens[place] === wanted && ++place > 0

  const primary = (depth: number): Value | undefined => {
    const found = tokens[place++]
    if (found === undefined || depth > deepest) return undefined
    if (/^\d/.test(found)) return Number(found)
    if (/^['"]/.test(found)) return 0
    if (found === '-') {
      const value = primary(depth + 1)
      return value === undefined ? undefined : combine((a, b) => a * b, value, -1)
    }
    if (found === '(') {
      const value = chain(depth + 1)
      return takes(')') ? value : undefined
    }
    if (!takes('(')) return queries.get(found)
    const values: (Value | undefined)[] = []
    do values.push(chain(depth + 1))
    while (takes(','))
    if (!takes(')') || values.includes(undefined)) return undefined
    if (found === 'anomalies') bounds = typeof values[2] === 'number' ? values[2] : 2
    return values[0]
  }

  const side = (operations: string, next: (depth: number) => Value | undefined, depth: number): Value | undefined => {
    let value = next(depth)
    for (let name = tokens[place]; name !== undefined && operations.includes(name); name = tokens[place]) {
      place++
      const [operator, right] = [operators[name], next(depth)]
      if (value === undefined || right === undefined || operator === undefined) return undefined
      value = combine(operator, value, right)
    }
    return value
  }
  const chain = (depth: number): Value | undefined => side('+-', (inner) => side('*/', primary, inner), depth)

  const value = chain(0)
  if (value === undefined || typeof value === 'number' || place < tokens.length) return undefined
  const names = tokens.filter((name) => queries.has(name))
  const isPlain = names.length === 1 && !tokens.some((name) => name in operators)
  return {
    series: value,
    ...(bounds === undefined ? {} : { bounds }),
    ...(isPlain && names[0] !== undefined ? { query: names[0] } : {}),
  }
}
