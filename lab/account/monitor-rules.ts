import { type JsonObject, objectAt } from '../../scripts/lib/_helpers/json.ts'
import { complaint } from './context.ts'
import { mustacheProblems } from './mustache.ts'
import { checkBalance, type MetricCondition, parseCheckCondition, parseMetricCondition } from './queries/monitor.ts'

const metricTypes = ['metric alert', 'query alert']

export const isMetricMonitor = (type: unknown): boolean => metricTypes.includes(String(type))

const numberAt = (object: JsonObject, key: string): number | undefined => {
  const value = object[key]
  return typeof value === 'number' ? value : undefined
}

/** Thresholds below a monitor's critical one, which must lie on the side where all is well. */
const milder = ['warning', 'critical_recovery', 'warning_recovery']

const thresholdProblems = ({ operator, threshold }: MetricCondition, thresholds: JsonObject): string[] => {
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

const queryProblems = (type: unknown, query: string, options: JsonObject): string[] => {
  if (query.trim() === '') return ["The value provided for parameter 'query' is invalid: it is empty"]
  if (isMetricMonitor(type)) return metricProblems(query, options)
  if (type === 'service check') return checkProblems(query, options)
  const wrong = complaint(() => checkBalance(query))
  return wrong === undefined ? [] : [`The value provided for parameter 'query' is invalid: ${wrong}`]
}

/**
 * What the documentation of monitors forbids beyond the model: `POST /api/v1/monitor` and `MonitorOptions`.
 *
 * @param monitor a body that its model accepts, or what an update makes of a stored monitor.
 */
export const monitorProblems = (monitor: JsonObject): string[] => {
  const options = objectAt(monitor, 'options')
  const { priority } = monitor
  const { renotify_interval: interval } = options
  return [
    ...queryProblems(monitor.type, String(monitor.query), options),
    ...mustacheProblems(String(monitor.message ?? '')).map((problem) => `message: ${problem}`),
    ...mustacheProblems(String(options.escalation_message ?? '')).map((problem) => `escalation_message: ${problem}`),
    ...(typeof priority === 'number' && (priority < 1 || priority > 5) ? [`priority: ${priority} is not 1 to 5`] : []),
    ...(typeof interval === 'number' && interval < 0 ? ['renotify_interval is negative'] : []),
  ]
}
