import { isObject, type JsonObject, listOf, objectAt } from '../../scripts/lib/_helpers/json.ts'

/** What must be known about a monitor to judge its options. */
export interface Judged {
  /** The server's name: `query alert`, for its alias too. */
  readonly type: string
  readonly query: string
  /** The tags that the query groups by; none for a simple alert. */
  readonly groups: readonly string[]
  readonly options: JsonObject
  readonly restrictedRoles: unknown
}

type Rule = (judged: Judged) => readonly string[]

const off: ReadonlySet<unknown> = new Set([undefined, null, false, 0, ''])
const on = (options: JsonObject, key: string): boolean => !off.has(options[key])
const both = (options: JsonObject, one: string, other: string): string[] =>
  on(options, one) && on(options, other) ? [`${one} and ${other} cannot be set together`] : []

/** Options that only some types of monitors have, from the description of each in `MonitorOptions`. */
const invalidFor: Readonly<Record<string, (type: string) => boolean>> = {
  on_missing_data: (type) => /^(?:service check|composite|slo alert)$/.test(type),
  group_retention_duration: (type) => /^(?:query alert|service check|composite|slo alert)$/.test(type),
  groupby_simple_monitor: (type) => /^(?:query alert|service check|composite|slo alert)$/.test(type),
  enable_logs_sample: (type) => type !== 'log alert',
  enable_samples: (type) => !/^ci-(?:tests|pipelines) alert$/.test(type),
  evaluation_delay: (type) => /^(?:service check|composite|slo alert)$/.test(type),
  notify_no_data: (type) => type === 'slo alert',
}

const invalid: Rule = ({ type, options }) =>
  Object.entries(invalidFor)
    .filter(([name, isWrong]) => on(options, name) && isWrong(type))
    .map(([name]) => `Invalid monitor option: ${name}`)

/** Only the presence of the key counts, not its value: `notify_no_data: false` also sets the behaviour. */
const missingData: Rule = ({ options }) =>
  on(options, 'on_missing_data') && (options.notify_no_data != null || options.no_data_timeframe != null)
    ? ['on_missing_data cannot be combined with notify_no_data or no_data_timeframe']
    : []

const reminders: Rule = ({ options }) =>
  on(options, 'renotify_interval')
    ? []
    : ['renotify_occurrences', 'renotify_statuses']
        .filter((name) => on(options, name) && (!Array.isArray(options[name]) || listOf(options[name]).length > 0))
        .map((name) => `${name} requires renotify_interval`)

const newGroups: Rule = ({ options, groups }) => [
  ...both(options, 'new_group_delay', 'new_host_delay'),
  ...(on(options, 'new_group_delay') && groups.length === 0
    ? ['The new_group_delay option can only be used for multi-alert monitors']
    : []),
]

const notifyBy: Rule = ({ options, groups }) => {
  const names = listOf(options.notify_by).map(String)
  const strange = names.join() === '*' ? [] : names.filter((name) => !groups.includes(name))
  return [
    ...(strange.length > 0 ? [`notify_by: ${strange.join(', ')} not among the groups of the query`] : []),
    ...(names.length > 0 ? both(options, 'notify_by', 'groupby_simple_monitor') : []),
  ]
}

const hours = (text: string): number => {
  const parts = /^(\d+)(m|h|d)$/.exec(text)
  if (parts === null) return Number.NaN
  return Number(parts[1]) * (parts[2] === 'm' ? 1 / 60 : parts[2] === 'd' ? 24 : 1)
}

const bounds: Rule = ({ options }) => [
  ...['renotify_interval', 'renotify_occurrences', 'evaluation_delay', 'new_group_delay', 'new_host_delay', 'timeout_h']
    .filter((name) => typeof options[name] === 'number' && Number(options[name]) < 0)
    .map((name) => `${name} is negative`),
  ...(Number(options.timeout_h ?? 0) > 24 ? [`timeout_h: ${options.timeout_h} is not between 0 and 24`] : []),
  ...(on(options, 'group_retention_duration') &&
  !(hours(String(options.group_retention_duration)) >= 1 && hours(String(options.group_retention_duration)) <= 72)
    ? ['group_retention_duration: not between 1 hour and 72 hours']
    : []),
]

const schedules: Rule = ({ options }) => {
  const window = objectAt(options.scheduling_options, 'evaluation_window')
  const set = ['hour_starts', 'day_starts', 'month_starts'].filter((name) => window[name] != null).join()
  return ['', 'hour_starts', 'day_starts,month_starts'].includes(set)
    ? []
    : ['scheduling_options.evaluation_window: hour_starts alone, or day_starts with month_starts']
}

const roles: Rule = ({ options, restrictedRoles }) =>
  options.locked === true && Array.isArray(restrictedRoles)
    ? ['locked and restricted_roles cannot be set together']
    : []

const minutesIn = (window: unknown): number => {
  const parts = /^last_(\d+)([mhd])$/.exec(String(window))
  return parts === null ? Number.NaN : Number(parts[1]) * ({ m: 1, h: 60, d: 1440 }[parts[2] ?? ''] ?? Number.NaN)
}

/**
 * Windows and shares of anomalies. An alert and its recovery must not be true at once: fewer minutes may be anomalous
 * for the recovery window to pass than it takes to alert.
 */
const anomalies: Rule = ({ query, options }) => {
  const windows = isObject(options.threshold_windows) ? options.threshold_windows : {}
  if (!query.includes('anomalies('))
    return windows.trigger_window == null && windows.recovery_window == null
      ? []
      : ['threshold_windows are only valid for anomaly monitors']
  const [trigger, recovery] = [minutesIn(windows.trigger_window), minutesIn(windows.recovery_window)]
  if (Number.isNaN(trigger) || Number.isNaN(recovery))
    return ['threshold_windows: trigger_window and recovery_window are required for anomaly monitors']
  const thresholds = objectAt(options, 'thresholds')
  const outside = Object.entries(thresholds).filter(([, share]) => Number(share) < 0 || Number(share) > 1)
  if (outside.length > 0) return [`thresholds of an anomaly monitor are between 0 and 1: ${outside.join('; ')}`]
  const needed = Number(thresholds.critical ?? 1) * trigger
  const allowed = trigger - recovery + Number(thresholds.critical_recovery ?? 0) * recovery
  return recovery > trigger || allowed >= needed
    ? [
        'alert and alert recovery criteria are such that the monitor can be simultaneously in alert and alert recovery states',
      ]
    : []
}

/** Problems with a monitor's options, by the API's descriptions and by refusals quoted in public issues. */
export const optionProblems = (judged: Judged): string[] =>
  [invalid, missingData, reminders, newGroups, notifyBy, bounds, schedules, roles, anomalies].flatMap((rule) =>
    rule(judged),
  )
