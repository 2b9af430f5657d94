// Summarizes a new resource.

import { formatCount } from '../_helpers/format.ts'
import { isObject, listOf, textOf } from '../_helpers/json.ts'
import type { Paint } from '../report/terminal.ts'
import { clockTime, dayName } from './calendar/days.ts'
import { formatDuration } from './calendar/duration.ts'
import { parseRecurrence } from './calendar/recurrence.ts'
import { inset } from './field-lines.ts'
import { isJsonObject, type JsonObject } from './json-object.ts'
import { definitionOf } from './pairs.ts'
import { printable } from './printable.ts'
import type { Kind, Resource } from './resource-kinds.ts'
import { handlesIn } from './show/handles.ts'
import { messageParts, stateLabel } from './show/message.ts'

/** A label and its lines of text. */
export type Row = readonly [label: string, texts: readonly string[]]

const severity = ['critical', 'critical_recovery', 'warning', 'warning_recovery', 'ok']
const bySeverity = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  severity.indexOf(a) - severity.indexOf(b)

const noDataOf = (options: JsonObject): string => {
  if (options.notify_no_data !== true) return textOf(options.on_missing_data) || 'not told'
  return `told after ${options.no_data_timeframe} minutes`
}

/** The message for each state. */
const messageRow = (message: string): string[] =>
  messageParts(message).flatMap(({ state, text }) => {
    const [first = '', ...rest] = text.split('\n').filter((line) => line.trim() !== '')
    return [`${state === undefined ? '' : `${stateLabel(state)}: `}${first}`, ...rest]
  })

const monitorRows = ({ query, message, options, priority, tags }: JsonObject): Row[] => {
  const own = isObject(options) ? options : {}
  const thresholds = Object.entries(isObject(own.thresholds) ? own.thresholds : {}).sort(bySeverity)
  const handles = handlesIn(textOf(message))
  return [
    ['query', [textOf(query)]],
    [
      'thresholds',
      thresholds.length === 0
        ? []
        : [thresholds.map(([name, value]) => `${name.replace('_', ' ')} ${value}`).join(', ')],
    ],
    ['no data', [noDataOf(own)]],
    ['priority', typeof priority === 'number' ? [`${priority} of 5`] : []],
    ['tags', listOf(tags).length === 0 ? [] : [listOf(tags).map(textOf).join(', ')]],
    ['message', messageRow(textOf(message))],
    ['notifies', [handles.length === 0 ? 'nobody' : handles.join(' ')]],
  ]
}

const dashboardRows = ({ widgets }: JsonObject): Row[] => {
  const all = listOf(widgets).map(definitionOf).filter(isJsonObject)
  const groups = all
    .filter(({ type }) => type === 'group')
    .map((group) => ({ title: textOf(group.title), size: listOf(group.widgets).length }))
  const inside = groups.reduce((sum, { size }) => sum + size, 0)
  const alone = all.length - groups.length
  return [
    ['widgets', [`${inside} in ${formatCount(groups.length, 'group')}${alone === 0 ? '' : `, ${alone} beside them`}`]],
    ['groups', groups.map(({ title, size }) => `${title} (${size})`)],
  ]
}

const weeklyHours = (recurrence: JsonObject): string => {
  const { days, minuteOfDay, minutes } = parseRecurrence({
    start: textOf(recurrence.start),
    duration: textOf(recurrence.duration),
    rrule: textOf(recurrence.rrule),
  })
  const names = days.map((day) => dayName(day).slice(0, 3)).join(', ')
  const end = minuteOfDay + minutes
  return minutes < 1440
    ? `${names} ${clockTime(minuteOfDay)} to ${clockTime(end > 1440 ? end - 1440 : end)}`
    : `${names} from ${clockTime(minuteOfDay)} for ${formatDuration(minutes)}`
}

/** A rule that doesn't fit a weekly pattern is shown as in the API. */
const hoursOf = (recurrence: JsonObject): string => {
  try {
    return weeklyHours(recurrence)
  } catch {
    const [start, duration, rrule] = [recurrence.start, recurrence.duration, recurrence.rrule].map(textOf)
    return `${rrule} from ${start || 'now'} for ${duration}`
  }
}

/** Each rule of a schedule, or its one-time hours, in words. */
export const rulesText = (schedule: unknown): string[] => {
  if (!isObject(schedule)) return ['from now on']
  if (Array.isArray(schedule.recurrences)) return schedule.recurrences.filter(isJsonObject).map(hoursOf)
  return [`from ${textOf(schedule.start) || 'now'}${schedule.end ? ` to ${textOf(schedule.end)}` : ' on'}`]
}

const downtimeRows = ({ schedule }: JsonObject): Row[] => [['silent', rulesText(schedule)]]

const rowsOf: Readonly<Record<Kind, (wire: JsonObject) => Row[]>> = {
  monitor: monitorRows,
  dashboard: dashboardRows,
  downtime: downtimeRows,
}

/** What a reader wants to know about a new resource. */
export const summaryOf = ({ kind, wire }: Pick<Resource, 'kind' | 'wire'>): Row[] => rowsOf[kind](wire)

/** Wraps text at `width` characters between words; longer words are broken. */
export const wrapped = (text: string, width: number): string[] => {
  const lines: string[] = []
  const pieces = text.split(' ').flatMap((word) => word.match(new RegExp(`.{1,${Math.max(width, 1)}}`, 'gsu')) ?? [''])
  for (const word of pieces) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

const labelWidth = 'thresholds  '.length

/** The rows in two columns, the second one wrapped. */
export const summaryLines = (rows: readonly Row[], paint: Paint, width: number): string[] => {
  const room = Math.max(width - inset.length - labelWidth, 20)
  return rows.flatMap(([label, texts]) =>
    texts
      .flatMap((text) => wrapped(printable(text), room))
      .map((line, index) => `${inset}${paint('dim', (index === 0 ? label : '').padEnd(labelWidth))}${line}`),
  )
}
