// Matrix of controls and failed checks.

import { formatSeconds } from '../_helpers/format.ts'
import { foreignText } from '../_helpers/terminal.ts'
import { type ControlResult, isRight } from '../verify/control.ts'
import { type Paint, plain } from './terminal.ts'

const indent = (text: string): string => text.split('\n').join('\n        ')

/** One line per control. For a wrong one, also the missing and the unexpected ids, and the checks' output. */
export const formatControl = (result: ControlResult, paint: Paint = plain): string => {
  const { control, red, missing, unexpected, error, seconds } = result
  const mark = isRight(result) ? paint('green', '✓') : paint('red', '✗')
  const reds = red.map(({ id }) => id).join(', ') || 'nothing'
  return [
    `  ${mark} ${control.name.padEnd(34)} red: ${reds}  ${paint('dim', formatSeconds(seconds))}`,
    ...(error === undefined ? [] : [`        ${indent(error)}`]),
    ...(missing.length === 0 ? [] : [`        stayed green: ${missing.join(', ')}`]),
    ...red
      .filter(({ id }) => unexpected.includes(id))
      .map(({ id, observed }) => `        also red: ${id}: ${indent(foreignText(observed))}`),
  ].join('\n')
}

/**
 * Controls as rows, checks as numbered columns: ● turned red as expected, ✗ turned red unexpectedly, ○ stayed green
 * unexpectedly.
 */
export const formatMatrix = (results: readonly ControlResult[], ids: readonly string[]): string => {
  const width = Math.max(...results.map(({ control }) => control.name.length))
  const cell = ({ control, unexpected, missing }: ControlResult, id: string): string =>
    unexpected.includes(id) ? '✗' : missing.includes(id) ? '○' : control.red.includes(id) ? '●' : '·'
  return [
    `${''.padEnd(width)} ${ids.map((_, index) => String(index + 1).padStart(3)).join('')}`,
    ...results.map(
      (result) => `${result.control.name.padEnd(width)} ${ids.map((id) => cell(result, id).padStart(3)).join('')}`,
    ),
    '',
    ...ids.map((id, index) => `${String(index + 1).padStart(3)}  ${id}`),
  ].join('\n')
}

/** The end of a run: the matrix, then the wrong controls again, since logs are read from the end, and the count. */
export const formatControls = (
  results: readonly ControlResult[],
  ids: readonly string[],
  paint: Paint = plain,
): string => {
  const wrong = results.filter((result) => !isRight(result))
  return [
    formatMatrix(results, ids),
    ...(wrong.length === 0 ? [] : [wrong.map((result) => formatControl(result, paint)).join('\n')]),
    `${results.length - wrong.length} passed, ${wrong.length} failed`,
  ].join('\n\n')
}
