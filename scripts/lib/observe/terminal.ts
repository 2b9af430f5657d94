// Formats plan and calendar as text.

import { isObject, textOf } from '../_helpers/json.ts'
import type { Paint } from '../report/terminal.ts'
import { shownInstant } from './calendar/clock.ts'
import { drawWeek } from './calendar/draw.ts'
import type { Judgement } from './calendar/judge.ts'
import type { Change } from './changes.ts'
import type { Field } from './difference.ts'
import { fieldsLines, inset, shownValue } from './field-lines.ts'
import { isWidgetPath, titledPath } from './field-path.ts'
import { type AccountPlan, countsOf } from './plan.ts'
import { cut, printable } from './printable.ts'
import { summaryLines, summaryOf, wrapped } from './summary.ts'

const marks = { add: '+', change: '~', replace: '±', remove: '-', keep: '=', leave: '!' } as const
const styles = {
  add: 'green',
  change: 'yellow',
  replace: 'yellow',
  remove: 'red',
  keep: 'dim',
  leave: 'yellow',
} as const
const past = {
  add: 'added',
  change: 'changed',
  replace: 'made anew',
  remove: 'removed',
  keep: 'kept',
  leave: 'left alone',
} as const

/** Maximum lengths of a title, and of a name or id: both may come from the account. */
const [longestTitle, longestName] = [80, 40]

const titleOf = ({ wanted, live }: Change): string => {
  const wire = wanted?.wire ?? live?.wire
  if (!isObject(wire)) return ''
  return printable(textOf(wire.name) || textOf(wire.title) || (textOf(wire.message).split('\n')[0] ?? ''), longestTitle)
}

const nameOf = ({ name }: Change): string => printable(name, longestName)

/** Settings in the account that an update keeps. */
const keptLines = (kept: Change['kept'], paint: Paint, width: number): string[] =>
  kept.map(({ path, value }) => {
    const head = `kept  ${printable(path)} `
    return paint('dim', `${inset}${head}${shownValue(value, Math.max(width - inset.length - head.length, 20))}`)
  })

/** Until when a downtime is silent at once. */
const bridgeLines = ({ bridge, wanted }: Change, paint: Paint, width: number): string[] => {
  const zone = isObject(wanted?.wire.schedule) ? textOf(wanted.wire.schedule.timezone) : 'UTC'
  return bridge === null
    ? []
    : summaryLines([['now', [`silent at once, until ${shownInstant(bridge.until, zone)}`]]], paint, width)
}

/** The details below a change: what matters of a new resource, or each changed field. */
const labelsOf =
  ({ kind, wanted, live }: Change) =>
  (field: Field): string => {
    if (kind !== 'dashboard') return field.path
    const isItem =
      isWidgetPath(field.path) && (field.from === undefined || field.to === undefined || field.movedFrom !== undefined)
    return titledPath(field.path, wanted?.wire ?? live?.wire ?? {}, isItem)
  }

const detailLines = (change: Change, paint: Paint, width: number): string[] => {
  const { action, wanted, fields, kept } = change
  const lines =
    action === 'add' && wanted !== null
      ? summaryLines(summaryOf(wanted), paint, width)
      : [...fieldsLines(fields, paint, width, labelsOf(change)), ...keptLines(kept, paint, width)]
  return [...lines, ...bridgeLines(change, paint, width)]
}

/** Minimum columns for a title beside the reason; with fewer, the reason gets a line of its own. */
const leastTitle = 30

/** Mark, kind and name, then the title. Also the reason, except for a new resource, whose mark is enough. */
const headOf = (change: Change, nameWidth: number, width: number) => {
  const word = `${marks[change.action]} ${change.kind.padEnd(9)} ${nameOf(change).padEnd(nameWidth)}`
  const reason = change.action === 'add' ? '' : `  ${change.reason}`
  const room = Math.max(width - word.length - 3, leastTitle)
  const beside = Math.max(room - reason.length, leastTitle)
  const title = titleOf(change)
  return { change, word, reason, room, beside, title, isWide: Math.min(title.length, beside) + reason.length > room }
}

/** The plan as a diff; unchanged resources are only counted. */
export const planText = ({ changes }: Pick<AccountPlan, 'changes'>, paint: Paint, width = 100): string => {
  const shown = changes.filter(({ action }) => action !== 'keep')
  const nameWidth = Math.max(12, ...shown.map((change) => nameOf(change).length))
  const heads = shown.map((change) => headOf(change, nameWidth, width))
  // All changes with the same action are formatted alike.
  const wide = new Set(heads.filter(({ isWide }) => isWide).map(({ change }) => change.action))
  const lines = heads.flatMap(({ change, word, reason, room, beside, title }) => {
    const isWide = wide.has(change.action)
    const head = `  ${paint(styles[change.action], word)} ${cut(title, isWide ? room : beside)}`
    const style = change.drift ? 'yellow' : 'dim'
    const top = isWide
      ? [
          head,
          ...wrapped(reason.trim(), Math.max(width - inset.length, 20)).map((line) => `${inset}${paint(style, line)}`),
        ]
      : [`${head}${paint(style, reason)}`]
    return [...top, ...detailLines(change, paint, width)]
  })
  const { keep } = countsOf(changes)
  return [
    ...lines,
    ...(keep === 0 ? [] : [paint('dim', `  = ${keep} ${keep === 1 ? 'is' : 'are'} as in the files`)]),
  ].join('\n')
}

/** What boxhound cannot judge, one or more lines each. */
export const warningText = (warnings: readonly string[], paint: Paint, width = 100): string =>
  warnings
    .flatMap((warning) =>
      wrapped(printable(`warning: ${warning}`), Math.max(width - 4, 40)).map((line, index) =>
        paint('yellow', `${index === 0 ? '  ' : '    '}${line}`),
      ),
    )
    .join('\n')

/** `2 to add, 1 to change, 0 to remove`. */
export const countText = (changes: readonly Change[]): string => {
  const { add, change, remove } = countsOf(changes)
  return `${add} to add, ${change} to change, ${remove} to remove`
}

/** One line for a completed change. */
export const doneLine = (change: Change, id: string, paint: Paint): string => {
  const { action, kind } = change
  const what = `${kind.padEnd(9)} ${nameOf(change).padEnd(12)} ${past[action]}`
  return `  ${paint(styles[action], '✓')} ${what}  ${paint('dim', printable(id, longestName))}`
}

/** The weeks of the calendar, drawn, and the findings. */
export const calendarText = (
  judgement: Judgement,
  timezone: string,
  paint: Paint,
  { colour, width = 80 }: { readonly colour: boolean; readonly width?: number },
): string => {
  const weeks = judgement.weeks.flatMap(({ week, label }) => [
    '',
    ...wrapped(label, Math.max(width - 2, 20)).map((line) => `  ${paint('bold', line)}`),
    ...drawWeek(week, { colour, width: width - 2 }).map((line) => `  ${line}`),
  ])
  const words =
    judgement.findings.length === 0
      ? [paint('green', '  every hour that is wished to be silent is covered')]
      : judgement.findings.flatMap((finding) =>
          wrapped(finding, Math.max(width - 4, 20)).map((line, index) =>
            paint(judgement.gaps.length > 0 ? 'red' : 'yellow', `${index === 0 ? '  ' : '    '}${line}`),
          ),
        )
  return [`Downtimes, in ${timezone}`, ...weeks, '', ...words].join('\n')
}
