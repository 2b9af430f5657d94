import { type JsonObject, objectAt } from '../../scripts/lib/_helpers/json.ts'
import { complaint } from './context.ts'
import { optionProblems } from './monitor-options.ts'
import { mustacheProblems } from './mustache.ts'
import {
  checkBalance,
  isSearch,
  type MetricCondition,
  parseCheckCondition,
  parseComposite,
  parseMetricCondition,
  parseSearchCondition,
} from './queries/monitor.ts'

const metricTypes = ['metric alert', 'query alert']

export const isMetricMonitor = (type: unknown): boolean => metricTypes.includes(String(type))

const numberAt = (object: JsonObject, key: string): number | undefined => {
  const value = object[key]
  return typeof value === 'number' ? value : undefined
}

/** Thresholds that must be on the healthy side of a monitor's critical one. */
const milder = ['warning', 'critical_recovery', 'warning_recovery']

const thresholdProblems = (
  { operator, threshold }: Pick<MetricCondition, 'operator' | 'threshold'>,
  thresholds: JsonObject,
): string[] => {
  const critical = numberAt(thresholds, 'critical')
  const different =
    critical !== undefined && critical !== threshold
      ? [`Alert threshold (${critical}) does not match that used in query (${threshold})`]
      : []
  if (!/^[<>]/.test(operator)) return different
  const upwards = operator.startsWith('>')
  const wrong = milder.filter((key) => {
    const value = numberAt(thresholds, key)
    return value !== undefined && (upwards ? value >= threshold : value <= threshold)
  })
  const side = upwards ? 'below' : 'above'
  return [
    ...different,
    ...wrong.map((key) => `Threshold ${key} (${thresholds[key]}) must be ${side} the critical one (${threshold})`),
  ]
}

const metricProblems = (query: string, options: JsonObject): string[] => {
  const wrong = complaint(() => parseMetricCondition(query))
  if (wrong !== undefined) return [`The value provided for parameter 'query' is invalid: ${wrong}`]
  const condition = parseMetricCondition(query)
  const problems = thresholdProblems(condition, objectAt(options, 'thresholds'))
  const timeframe = numberAt(options, 'no_data_timeframe')
  if (options.notify_no_data === true && timeframe !== undefined && timeframe < 2 * condition.window)
    problems.push(
      `no_data_timeframe (${timeframe}) must be at least twice the window of the query (${condition.window} minutes)`,
    )
  return problems
}

const checkProblems = (query: string, options: JsonObject): string[] => {
  const wrong = complaint(() => parseCheckCondition(query))
  if (wrong !== undefined) return [`The value provided for parameter 'query' is invalid: ${wrong}`]
  const { last } = parseCheckCondition(query)
  const thresholds = objectAt(options, 'thresholds')
  return ['ok', 'warning', 'critical', 'unknown'].flatMap((key) => {
    const value = numberAt(thresholds, key)
    if (value === undefined) return []
    if (!Number.isInteger(value) || value < 1) return [`Threshold ${key} (${value}) must be a whole number from 1`]
    return value > last ? [`last(${last}) must be at least the threshold ${key} (${value})`] : []
  })
}

const invalidQuery = (wrong: string): string => `The value provided for parameter 'query' is invalid: ${wrong}`

const searchProblems = (type: string, query: string, options: JsonObject): string[] => {
  const wrong = complaint(() => parseSearchCondition(type, query))
  return wrong === undefined
    ? thresholdProblems(parseSearchCondition(type, query), objectAt(options, 'thresholds'))
    : [invalidQuery(wrong)]
}

/** A composite may only refer to existing monitors. */
const compositeProblems = (query: string, known: ReadonlySet<string>): string[] => {
  const wrong = complaint(() => parseComposite(query))
  if (wrong !== undefined) return [invalidQuery(wrong)]
  return parseComposite(query)
    .filter((id) => !known.has(id))
    .map((id) => invalidQuery(`there is no monitor ${id}`))
}

const queryProblems = (type: string, query: string, options: JsonObject, known: ReadonlySet<string>): string[] => {
  if (query.trim() === '') return [invalidQuery('it is empty')]
  if (isMetricMonitor(type)) return metricProblems(query, options)
  if (type === 'service check') return checkProblems(query, options)
  if (type === 'composite') return compositeProblems(query, known)
  if (isSearch(type)) return searchProblems(type, query, options)
  const wrong = complaint(() => checkBalance(query))
  return wrong === undefined ? [] : [invalidQuery(wrong)]
}

/** The tags that a valid query groups by. */
export const groupsOf = (type: string, query: string): readonly string[] => {
  if (isMetricMonitor(type)) return parseMetricCondition(query).groups
  if (type === 'service check') return parseCheckCondition(query).groups
  return isSearch(type) ? parseSearchCondition(type, query).groups : []
}

const optionsProblems = (monitor: JsonObject, options: JsonObject): string[] => {
  const [type, query] = [String(monitor.type), String(monitor.query)]
  return optionProblems({
    type: isMetricMonitor(type) ? 'query alert' : type,
    query,
    options,
    groups: groupsOf(type, query),
    restrictedRoles: monitor.restricted_roles,
  })
}

/**
 * What the documentation of monitors forbids beyond the model: `POST /api/v1/monitor` and `MonitorOptions`.
 *
 * @param known ids of the account's monitors.
 * @param monitor a body that its model accepts, or the result of an update to a stored monitor.
 */
export const monitorProblems = (monitor: JsonObject, known: ReadonlySet<string> = new Set()): string[] => {
  const options = objectAt(monitor, 'options')
  const { priority } = monitor
  const wrong = queryProblems(String(monitor.type), String(monitor.query), options, known)
  return [
    ...(wrong.length > 0 ? wrong : optionsProblems(monitor, options)),
    ...mustacheProblems(String(monitor.message ?? '')).map((problem) => `message: ${problem}`),
    ...mustacheProblems(String(options.escalation_message ?? '')).map((problem) => `escalation_message: ${problem}`),
    ...(typeof priority === 'number' && (priority < 1 || priority > 5) ? [`priority: ${priority} is not 1 to 5`] : []),
  ]
}
