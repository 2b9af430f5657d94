import { type Cursor, cursorOf } from './cursor.ts'
import { type Argument, checkCall } from './functions.ts'
import { type MetricQuery, readMetric, takeAggregator } from './metric.ts'

/** The parts of an expression. */
export interface Expression {
  /** Metric queries; a formula has none. */
  readonly queries: readonly MetricQuery[]
  /** Names of other queries; only a formula has them. */
  readonly names: readonly string[]
}

type Language = 'query' | 'formula'

interface Found {
  readonly queries: MetricQuery[]
  readonly names: string[]
}

const number = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/
const text = /'([^']*)'|"([^"]*)"/
/** Maximum nesting of parentheses and calls, far beyond anything real. */
const deepest = 50

const reader = (cursor: Cursor, language: Language, found: Found): (() => void) => {
  let depth = 0

  /** Reads a number or a text; undefined if something else comes next. */
  const literal = (): number | string | undefined => {
    const quoted = cursor.take(text)
    if (quoted !== undefined) return quoted[1] ?? quoted[2] ?? ''
    // A number followed by an operator is part of an expression, but functions accept no expressions here.
    const plain = cursor.take(new RegExp(String.raw`-?(?:${number.source})(?=\s*[,)])`))
    return plain === undefined ? undefined : Number(plain[0])
  }

  const argument = (): Argument => {
    const name = cursor.take(/([A-Za-z_]\w*)\s*=(?!=)/)?.[1]
    const value = literal()
    if (name !== undefined) {
      if (value === undefined) throw cursor.failure(`a value for ${name}`)
      return { name, value }
    }
    if (value !== undefined) return value
    sum()
    return 'series'
  }

  const call = (name: string): void => {
    const given: Argument[] = []
    do given.push(argument())
    while (cursor.take(/,/) !== undefined)
    cursor.expect(/\)/, `a comma or the end of ${name}(…)`)
    checkCall(name, given)
  }

  const operand = (): void => {
    if (cursor.take(/\(/) !== undefined) {
      sum()
      cursor.expect(/\)/, 'a closing parenthesis')
      return
    }
    const called = cursor.take(/([A-Za-z_]\w*)\s*\(/)?.[1]
    if (called !== undefined) {
      call(called)
      return
    }
    if (cursor.take(number) !== undefined) return
    if (language === 'query' && takeAggregator(cursor)) {
      found.queries.push(readMetric(cursor))
      return
    }
    const name = language === 'formula' ? cursor.take(/[A-Za-z_]\w*/)?.[0] : undefined
    if (name === undefined)
      throw cursor.failure(language === 'query' ? 'a query such as avg:metric{*}' : 'the name of a query')
    found.names.push(name)
  }

  const product = (): void => {
    do {
      cursor.take(/-/)
      operand()
    } while (cursor.take(/[*/]/) !== undefined)
  }

  const sum = (): void => {
    if (++depth > deepest) throw cursor.failure(`no more than ${deepest} parentheses and functions within each other`)
    do product()
    while (cursor.take(/[+-]/) !== undefined)
    depth--
  }
  return sum
}

const parse = (source: string, language: Language, isList = false): Expression => {
  const cursor = cursorOf(source)
  const found: Found = { queries: [], names: [] }
  const read = reader(cursor, language, found)
  do read()
  while (isList && cursor.take(/,/) !== undefined)
  if (!cursor.atEnd()) throw cursor.failure('an operator or the end')
  return found
}

/** Parses a query of metrics, including functions and arithmetic. @throws BoxhoundError E_QUERY */
export const parseQuery = (source: string): Expression => parse(source, 'query')

/** Parses a widget's legacy `q`, which may be several queries separated by commas. @throws BoxhoundError E_QUERY */
export const parseQueries = (source: string): Expression => parse(source, 'query', true)

/** Parses a formula over named queries: `anomalies(query1, 'basic', 2)`. @throws BoxhoundError E_QUERY */
export const parseFormula = (source: string): Expression => parse(source, 'formula')
