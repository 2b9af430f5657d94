import { queryError } from './cursor.ts'
import { parseQuery } from './expression.ts'

/** The parsed query of a metric monitor. */
export interface MetricCondition {
  /** Length of the window in minutes. */
  readonly window: number
  readonly operator: string
  readonly threshold: number
  readonly groups: readonly string[]
}

const units: Readonly<Record<string, { minutes: number; most: number }>> = {
  m: { minutes: 1, most: 10_080 },
  h: { minutes: 60, most: 168 },
  d: { minutes: 1440, most: 2 },
  w: { minutes: 10_080, most: 1 },
}
const window = String.raw`(?:last|next)_(\d+)([mhdw])`
const plain = new RegExp(String.raw`^\s*(?:avg|sum|min|max)\(${window}\)\s*:`)
const change = new RegExp(
  String.raw`^\s*(?:change|pct_change)\(\s*(?:avg|sum|min|max)\(${window}\)\s*,\s*(?:last_)?\d+[mhd](?:_ago)?\s*\)\s*:`,
)
const end = /(>=|<=|==|!=|>|<)\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*$/

/**
 * Parses `AGGR(last_Nm):QUERY OP NUMBER`, the query of a metric monitor as documented for "create a monitor".
 *
 * @throws BoxhoundError E_QUERY
 */
export const parseMetricCondition = (text: string): MetricCondition => {
  const start = plain.exec(text) ?? change.exec(text)
  if (start === null)
    throw queryError(`query ${JSON.stringify(text)}: expected to begin with AGGR(last_Nm):, such as avg(last_5m):`)
  const [head, count = '', unit = ''] = start
  const limit = units[unit]
  if (limit === undefined || Number(count) < 1 || Number(count) > limit.most)
    throw queryError(
      `query ${JSON.stringify(text)}: the window last_${count}${unit} is not between 1 and ${limit?.most}${unit}`,
    )
  const tail = end.exec(text)
  if (tail === null)
    throw queryError(`query ${JSON.stringify(text)}: expected to end with an operator and a number, such as > 800`)
  const [, operator = '', threshold = ''] = tail
  const { queries } = parseQuery(text.slice(head.length, tail.index))
  if (queries.length === 0) throw queryError(`query ${JSON.stringify(text)}: no metric is queried`)
  const groups = [...new Set(queries.flatMap((query) => query.groups))]
  return { window: Number(count) * limit.minutes, operator, threshold: Number(threshold), groups }
}

/** The parsed query of a service check. */
export interface CheckCondition {
  readonly check: string
  readonly scope: readonly string[]
  readonly groups: readonly string[]
  /** How many of the latest runs count. */
  readonly last: number
}

const list = String.raw`\(\s*("[^"]*"(?:\s*,\s*"[^"]*")*)\s*\)`
const checkForms = [
  new RegExp(String.raw`^\s*"([\w.\-/ ]+)"\.over${list}\.by${list}\.last\((\d+)\)\.count_by_status\(\)\s*$`),
  // The documentation has the last two in this order.
  new RegExp(String.raw`^\s*"([\w.\-/ ]+)"\.over${list}\.last\((?<last>\d+)\)\.by${list}\.count_by_status\(\)\s*$`),
]
const words = (quoted: string): string[] => [...quoted.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word)

/**
 * Parses `"check".over("tag").by("group").last(N).count_by_status()`, the query of a service check.
 *
 * @throws BoxhoundError E_QUERY
 */
export const parseCheckCondition = (text: string): CheckCondition => {
  for (const form of checkForms) {
    const match = form.exec(text)
    if (match === null) continue
    const [, check = '', scope = '', third = '', fourth = ''] = match
    const [groups, last] = match.groups?.last === undefined ? [third, Number(fourth)] : [fourth, Number(third)]
    if (words(scope).some((word) => word.trim() === '')) throw queryError(`query ${text}: .over() holds an empty tag`)
    if (last < 1 || last > 100) throw queryError(`query ${text}: last(${last}) is not between 1 and 100`)
    return { check, scope: words(scope), groups: words(groups).filter((word) => word !== '*'), last }
  }
  throw queryError(`query ${text}: expected the form "check".over("tag").by("group").last(2).count_by_status()`)
}

/** Checks only quotes and brackets, for monitors of other types. @throws BoxhoundError E_QUERY */
export const checkBalance = (text: string): void => {
  const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
  const open: string[] = []
  for (const sign of text.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '')) {
    const close = closing[sign]
    if (close !== undefined) open.push(close)
    else if (sign === '"') throw queryError(`query ${text}: a quote is never closed`)
    else if (')]}'.includes(sign) && open.pop() !== sign) throw queryError(`query ${text}: ${sign} closes nothing`)
  }
  if (open.length > 0) throw queryError(`query ${text}: ${open.at(-1)} is missing`)
}

/** The parsed query over events, logs, traces and so on. */
export interface SearchCondition {
  readonly groups: readonly string[]
  readonly operator: string
  readonly threshold: number
}

/** The word that starts a query of each type, as documented for "create a monitor". */
const sources: Readonly<Record<string, string>> = {
  'log alert': 'logs',
  'event-v2 alert': 'events',
  'rum alert': 'rum',
  'audit alert': 'audits',
  'ci-pipelines alert': 'ci-pipelines',
  'ci-tests alert': 'ci-tests',
  'error-tracking alert': 'error-tracking(?:-\\w+)?',
  'trace-analytics alert': 'trace-analytics',
  'process alert': 'processes',
  'slo alert': '(?:error_budget|burn_rate)',
}

/** Whether queries of this type are parsed completely. */
export const isSearch = (type: string): boolean => Object.hasOwn(sources, type)

const call = String.raw`\.\w+\((?:[^()"']|"[^"]*"|'[^']*')*\)`

/**
 * Parses `SOURCE("SEARCH").rollup("count").by("host").last("5m") OP NUMBER`; formulas over several such queries are
 * only checked for balance.
 *
 * @throws BoxhoundError E_QUERY
 */
export const parseSearchCondition = (type: string, text: string): SearchCondition => {
  const tail = end.exec(text)
  if (tail === null)
    throw queryError(`query ${JSON.stringify(text)}: expected to end with an operator and a number, such as > 800`)
  const body = text.slice(0, tail.index).trim()
  const simple = new RegExp(String.raw`^${sources[type]}\((?:"(?:[^"\\]|\\.)*"|'[^']*')\)(?:${call})*$`)
  if (!simple.test(body)) {
    if (!body.startsWith('formula(')) throw queryError(`query ${JSON.stringify(text)}: no query of a ${type}`)
    checkBalance(body)
  }
  const inWindow = type === 'slo alert' ? /\.over\(/ : /\.last\(/
  if (!inWindow.test(body)) throw queryError(`query ${JSON.stringify(text)}: no window such as .last("5m")`)
  const by = [...body.matchAll(/\.by\(([^()]*)\)/g)].flatMap(([, list = '']) => list.split(','))
  const groups = by.map((name) => name.replaceAll(/["'\s]/g, '')).filter((name) => name !== '' && name !== '*')
  const [, operator = '', threshold = ''] = tail
  return { groups, operator, threshold: Number(threshold) }
}

/** The monitors that a composite refers to. @throws BoxhoundError E_QUERY */
export const parseComposite = (text: string): readonly string[] => {
  checkBalance(text)
  if (!/^[\d\s()&|!]+$/.test(text)) throw queryError(`query ${text}: expected ids of monitors with &&, || and !`)
  return text.match(/\d+/g) ?? []
}
