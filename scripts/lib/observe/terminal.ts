import type { Paint } from '../report/terminal.ts'
import { drawWeek } from './calendar/draw.ts'
import type { Judgement } from './calendar/judge.ts'
import type { Change } from './changes.ts'
import { type Field, shownValue } from './difference.ts'
import { isObject, textOf } from './json.ts'
import { type AccountPlan, countsOf } from './plan.ts'

const marks = { add: '+', change: '~', remove: '-', keep: '=', leave: '!' } as const
const styles = { add: 'green', change: 'yellow', remove: 'red', keep: 'dim', leave: 'yellow' } as const
const past = { add: 'added', change: 'changed', remove: 'removed', keep: 'kept', leave: 'left alone' } as const

const titleOf = ({ wanted, live }: Change): string => {
  const wire = wanted?.wire ?? live?.wire
  return isObject(wire) ? textOf(wire.name) || textOf(wire.title) || (textOf(wire.message).split('\n')[0] ?? '') : ''
}

const fieldLines = ({ path, from, to }: Field, paint: Paint): string[] => {
  const head = `        ${path}  `
  if (from === undefined) return [`${head}${paint('green', `+ ${shownValue(to)}`)}`]
  if (to === undefined) return [`${head}${paint('red', `- ${shownValue(from)}`)}`]
  const [old, fresh] = [shownValue(from), shownValue(to)]
  const line = `${head}${paint('red', old)} → ${paint('green', fresh)}`
  return head.length + old.length + fresh.length <= 100
    ? [line]
    : [
        head.trimEnd(),
        `          ${paint('red', `- ${shownValue(from, 100)}`)}`,
        `          ${paint('green', `+ ${shownValue(to, 100)}`)}`,
      ]
}

/** One change: its mark, kind, name, why, its title, and each field that differs. */
const changeLines = (change: Change, paint: Paint): string[] => {
  const { action, kind, name, reason, drift, fields } = change
  const word = `${marks[action]} ${kind.padEnd(9)} ${name.padEnd(12)}`
  const why = drift ? paint('yellow', reason) : paint('dim', reason)
  return [
    `  ${paint(styles[action], word)} ${titleOf(change)}  ${why}`,
    ...fields.flatMap((field) => fieldLines(field, paint)),
  ]
}

/** The plan as a diff: what is as it should be is only counted. */
export const planText = ({ changes }: Pick<AccountPlan, 'changes'>, paint: Paint): string => {
  const shown = changes.filter(({ action }) => action !== 'keep')
  const { keep } = countsOf(changes)
  return [
    ...shown.flatMap((change) => changeLines(change, paint)),
    ...(keep === 0 ? [] : [paint('dim', `  = ${keep} ${keep === 1 ? 'is' : 'are'} as in the files`)]),
  ].join('\n')
}

/** `2 to add, 1 to change, 0 to remove`. */
export const countText = (changes: readonly Change[]): string => {
  const { add, change, remove } = countsOf(changes)
  return `${add} to add, ${change} to change, ${remove} to remove`
}

/** One line for what was carried out. */
export const doneLine = ({ action, kind, name }: Change, id: string, paint: Paint): string =>
  `  ${paint(styles[action], '✓')} ${kind} ${name} ${past[action]}  ${paint('dim', id)}`

/** The calendar's weeks, drawn, and what there is to say of them. */
export const calendarText = (judgement: Judgement, timezone: string, paint: Paint, colour: boolean): string => {
  const weeks = judgement.weeks.flatMap(({ week, label }) => [
    '',
    `  ${paint('bold', label)}`,
    ...drawWeek(week, { colour }).map((line) => `  ${line}`),
  ])
  const words =
    judgement.findings.length === 0
      ? [paint('green', '  every hour that is wished to be silent is covered')]
      : judgement.findings.map((finding) => paint(judgement.gaps.length > 0 ? 'red' : 'yellow', `  ${finding}`))
  return [`Downtimes, in ${timezone}`, ...weeks, '', ...words].join('\n')
}
