// Lines and colours.

import { styleText } from 'node:util'
import { formatSeconds } from '../_helpers/format.ts'
import { foreignText } from '../_helpers/terminal.ts'
import type { CheckResult, VerifyResults } from '../verify/results.ts'
import { isGreen } from '../verify/verdict.ts'
import { machineNames } from './machine.ts'

/** Colours a text, or returns it unchanged. */
export type Paint = (style: 'red' | 'green' | 'yellow' | 'dim' | 'bold', text: string) => string

export const plain: Paint = (_, text) => text
/** Colours for a terminal; plain text for anything else, and if NO_COLOR is set. */
export const paintFor = (stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint =>
  stream.isTTY === true && !environment.NO_COLOR
    ? (style, text) => styleText(style, text, { validateStream: false })
    : plain

const marks = { passed: '✓', failed: '✗', skipped: '-', 'not judged': '○' } as const
const styles = { passed: 'green', failed: 'red', skipped: 'yellow', 'not judged': 'yellow' } as const

const indent = (text: string, by: string): string => text.split('\n').join(`\n${by}`)

/** One line per check; for a red one, also what was expected and observed. */
export const formatResult = (result: CheckResult, paint: Paint = plain): string => {
  const { id, title, status, seconds, expected, observed } = result
  const mark = paint(styles[status], marks[status])
  const line = `  ${mark} ${id.padEnd(26)} ${foreignText(title, 200)}  ${paint('dim', formatSeconds(seconds))}`
  if (status === 'passed') return line
  const block = (name: string, text: string): string =>
    `      ${paint('dim', name)} ${indent(foreignText(text), ' '.repeat(16))}`
  if (status === 'not judged') return [line, block('not judged', observed)].join('\n')
  return [line, block('expected ', expected), block('observed ', observed)].join('\n')
}

/**
 * The summary: the verdict, the machine, a note about the Agent under test, and a last line `N passed, N failed` that
 * any CI system understands.
 */
export const formatSummary = (results: VerifyResults, paint: Paint = plain): string => {
  const { box, planned, passed, failed, skipped, notJudged, seconds, labAgent, machine, checks } = results
  const verdict = isGreen(results) ? paint('green', `${box} is verified`) : paint('red', `${box} is not verified`)
  const lost = checks.filter((check) => check.lost === true).length
  const others = [
    ...(skipped > 0 ? [`, ${skipped} skipped`] : []),
    ...(notJudged > 0 ? [`, ${notJudged} not judged`] : []),
  ]
  const counts = `${passed} passed, ${failed} failed${others.join('')}`
  return [
    `${verdict}: ${planned} checks planned, ${formatSeconds(seconds)}`,
    `machine: ${machineNames[machine]}`,
    ...(lost > 0
      ? [
          paint(
            'yellow',
            `the connection was lost: ${lost} of ${planned} checks are inconclusive; run the verification again`,
          ),
        ]
      : []),
    ...(labAgent ? [paint('yellow', 'lab Agent: this says nothing about Datadog’s own Agent')] : []),
    counts,
  ].join('\n')
}
