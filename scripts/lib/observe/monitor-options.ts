// Options that exclude one another or don't fit their monitor.

import { isObject, listOf, textOf } from '../_helpers/json.ts'
import type { Json, JsonObject } from './json-object.ts'
import { groupsOf, isAnomaly, isMetric, type MonitorType } from './monitor-types.ts'

/** What the rules below need to know. */
export interface OptionsOwner {
  readonly type: MonitorType
  /** All queries that the monitor may be sent with. */
  readonly queries: readonly string[]
  readonly options: JsonObject
  readonly no_data?: number | undefined
  readonly restricted_roles?: readonly string[] | undefined
}

/** Reports an option and what is expected of it. */
export type TellOption = (name: string, expected: string) => void

/** Whether an option is set: the site exports null, false, 0 and empty values for "not set". */
const isSet = (value: Json | undefined): boolean =>
  value !== undefined && value !== null && value !== false && value !== 0 && value !== ''

const given = ({ options }: OptionsOwner, name: string): boolean => isSet(options[name])

const without = (types: readonly MonitorType[], type: MonitorType): boolean => types.includes(type)

/** The minutes in `last_15m` or `1h`. */
export const windowMinutes = (text: string): number | undefined => {
  const [, count, unit = ''] = /^(?:last_)?(\d+)([mhdw])$/.exec(text) ?? []
  const size = { m: 1, h: 60, d: 1440, w: 10_080 }[unit]
  return size === undefined ? undefined : Number(count) * size
}

/** Missing data must be configured in one of the two ways, not both. */
const tellMissingData = (owner: OptionsOwner, tell: TellOption): void => {
  const { type, options } = owner
  if (!given(owner, 'on_missing_data')) return
  if (owner.no_data !== undefined)
    tell('on_missing_data', 'one of no_data and options.on_missing_data: the account takes only one of the two')
  if (without(['service check', 'composite', 'slo alert'], type))
    tell('on_missing_data', `no on_missing_data for a ${type}${type === 'slo alert' ? '' : ': give no_data'}`)
  if (options.on_missing_data === 'default' && isMetric(type) && isObject(options.scheduling_options))
    tell('on_missing_data', 'show_no_data, show_and_notify_no_data or resolve, for a custom schedule')
}

/** Settings for reminders have no effect without a reminder. */
const tellReminders = (owner: OptionsOwner, tell: TellOption): void => {
  if (given(owner, 'renotify_interval')) return
  for (const name of ['renotify_occurrences', 'renotify_statuses', 'escalation_message'])
    if (given(owner, name) && !(Array.isArray(owner.options[name]) && listOf(owner.options[name]).length === 0))
      tell(name, 'options.renotify_interval beside it: without one nobody is reminded')
}

/** Delays for new groups, and notes for some groups. */
const tellGroups = (owner: OptionsOwner, tell: TellOption): void => {
  const { queries, options } = owner
  if (given(owner, 'new_group_delay') && given(owner, 'new_host_delay'))
    tell('new_host_delay', 'one of new_group_delay and new_host_delay, which it replaces')
  if (given(owner, 'new_group_delay') && queries.some((query) => groupsOf(query).length === 0))
    tell('new_group_delay', 'a query with groups, such as by {host}: there are no new ones otherwise')
  if (!given(owner, 'notify_by')) return
  const names = listOf(options.notify_by).map(textOf)
  if (given(owner, 'groupby_simple_monitor')) tell('notify_by', 'one of notify_by and groupby_simple_monitor')
  if (names.length === 1 && names[0] === '*') return
  for (const query of queries) {
    const groups = groupsOf(query)
    const [strange] = names.filter((name) => !groups.includes(name))
    if (strange !== undefined)
      tell('notify_by', groups.length === 0 ? 'a query with groups' : `["*"], or some of ${groups.join(', ')}`)
  }
}

/** Options of certain types only: for others the account responds "Invalid monitor option". */
const tellForeign = (owner: OptionsOwner, tell: TellOption): void => {
  const { type } = owner
  const counted: readonly MonitorType[] = ['service check', 'composite', 'slo alert', 'metric alert', 'query alert']
  const only = (name: string, isTaken: boolean, expected: string): void => {
    if (given(owner, name) && !isTaken) tell(name, expected)
  }
  only('enable_logs_sample', type === 'log alert', 'no such option: only a log alert sends samples of logs')
  only('enable_samples', type.startsWith('ci-'), 'no such option: only monitors of CI send samples')
  only('groupby_simple_monitor', !counted.includes(type), `no such option of a ${type}`)
  only('group_retention_duration', !counted.includes(type), `no such option of a ${type}`)
  only(
    'evaluation_delay',
    !without(['service check', 'composite', 'slo alert'], type),
    `no such option of a ${type}: it waits for metrics that come late`,
  )
}

const tellNumbers = ({ options }: OptionsOwner, tell: TellOption): void => {
  const whole = (name: string, most: number, expected: string): void => {
    const value = options[name]
    if (value === undefined || value === null) return
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most) tell(name, expected)
  }
  whole('timeout_h', 24, 'a whole number of hours from 0 to 24')
  for (const name of ['evaluation_delay', 'new_group_delay', 'new_host_delay'])
    whole(name, Number.MAX_SAFE_INTEGER, 'a whole number of seconds, 0 or more')
  for (const name of ['renotify_interval', 'renotify_occurrences'])
    whole(name, Number.MAX_SAFE_INTEGER, 'a whole number, 0 or more')
  const { group_retention_duration: retention } = options
  if (retention === undefined || retention === null) return
  const minutes = windowMinutes(textOf(retention))
  if (minutes === undefined || minutes < 60 || minutes > 72 * 60)
    tell('group_retention_duration', 'a time from 1h to 72h, such as 2d')
}

/** Anomalies need two windows, and nothing else may have them. */
const tellWindows = ({ queries, options }: OptionsOwner, tell: TellOption): void => {
  const isUnusual = queries.some(isAnomaly)
  const windows = options.threshold_windows
  const names = isObject(windows) ? [windows.trigger_window, windows.recovery_window].map(textOf) : []
  if (!isUnusual && isSet(windows) && isObject(windows) && Object.values(windows).some(isSet))
    tell('threshold_windows', 'nothing: only queries with anomalies() have them')
  if (isUnusual && (names.length < 2 || names.some((name) => windowMinutes(name) === undefined)))
    tell(
      'threshold_windows',
      '{ trigger_window: last_15m, recovery_window: last_15m }: anomalies() needs both, and how long they are',
    )
}

const tellSchedule = ({ options }: OptionsOwner, tell: TellOption): void => {
  const scheduling = options.scheduling_options
  const evaluation = isObject(scheduling) ? scheduling.evaluation_window : undefined
  if (!isObject(evaluation)) return
  const [hour, day, month] = [evaluation.hour_starts, evaluation.day_starts, evaluation.month_starts].map(
    (value) => value !== undefined && value !== null,
  )
  if (hour ? day || month : day !== month)
    tell('scheduling_options', 'an evaluation_window with hour_starts alone, or with both day_starts and month_starts')
}

const tellOwners = (owner: OptionsOwner, tell: TellOption): void => {
  if (given(owner, 'locked') && owner.restricted_roles !== undefined)
    tell('locked', 'one of locked and restricted_roles, which replaces it')
}

/**
 * What the account would refuse in a monitor's options, or accept without effect: by the descriptions in the API's
 * specification (`MonitorOptions`), and by refusals quoted in public issues of Datadog's clients and provider.
 */
export const tellOptions = (owner: OptionsOwner, tell: TellOption): void => {
  for (const rule of [
    tellMissingData,
    tellReminders,
    tellGroups,
    tellForeign,
    tellNumbers,
    tellWindows,
    tellSchedule,
    tellOwners,
  ])
    rule(owner, tell)
}
