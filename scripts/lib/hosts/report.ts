// What a terminal shows of hosts.

import { formatSeconds } from '../_helpers/format.ts'
import { foreignText } from '../_helpers/terminal.ts'
import { formatResult, type Paint, plain } from '../report/terminal.ts'
import type { CheckResult } from '../verify/results.ts'
import type { FleetResults, HostResult } from './results.ts'
import { isGreen } from './results.ts'

const countOf = (checks: readonly CheckResult[], wanted: CheckResult['status']): number =>
  checks.filter(({ status }) => status === wanted).length

/** `23 passed, 1 failed, 3 not judged`. */
export const formatCounts = ({ checks }: Pick<HostResult, 'checks'>): string => {
  const open = countOf(checks, 'not judged')
  return `${countOf(checks, 'passed')} passed, ${countOf(checks, 'failed')} failed${open > 0 ? `, ${open} not judged` : ''}`
}

const marks = { passed: ['green', '✓'], failed: ['red', '✗'], lost: ['yellow', '?'] } as const

const firstLine = (text: string): string => foreignText(text.split('\n')[0] ?? '', 160)

/** One line per host; for a red one also its red checks. */
export const formatHost = (host: HostResult, done: number, all: number, paint: Paint = plain): string => {
  const { name, status, checks, seconds, labAgent } = host
  const [style, mark] = marks[status]
  const place = paint('dim', `[${String(done).padStart(String(all).length)}/${all}]`)
  const counts = status === 'lost' ? 'not reached' : `${formatCounts(host)}${labAgent ? ', lab Agent' : ''}`
  const line = `${place} ${paint(style, mark)} ${foreignText(name, 100)}  ${counts}  ${paint('dim', formatSeconds(seconds))}`
  const red = checks.filter(({ status: one }) => one === 'failed')
  const shown = red.slice(0, 5).map(({ id, observed }) => `      ${paint('red', id)}: ${firstLine(observed)}`)
  return [line, ...shown, ...(red.length > 5 ? [`      and ${red.length - 5} more`] : [])].join('\n')
}

/** Every check of a single host. */
export const formatChecks = ({ checks }: HostResult, paint: Paint = plain): string =>
  checks.map((check) => formatResult(check, paint)).join('\n')

/**
 * The end: what the fleet shows, the verdict, and a last line `N passed, N failed` that any CI system understands. It
 * counts hosts and red checks of the fleet, or the checks of a single host.
 */
export const formatFleet = (results: FleetResults, paint: Paint = plain): string => {
  const { hosts, planned, passed, failed, lost, seconds, fleet, active } = results
  const [only] = hosts
  const what = planned === 1 && only !== undefined ? only.name : `${planned} hosts`
  const verdict = isGreen(results) ? paint('green', `${what} verified`) : paint('red', `${what} not verified`)
  const missing = planned - hosts.length
  const single = planned === 1 && only !== undefined && lost === 0
  return [
    ...(fleet.length === 0 ? [] : ['', ...fleet.map((check) => formatFleetCheck(check, paint)), '']),
    `${verdict}: profile agent${active ? ', active' : ''}, ${formatSeconds(seconds)}`,
    ...(hosts.some(({ labAgent }) => labAgent)
      ? [paint('yellow', 'lab Agent: this says nothing about Datadog’s own Agent')]
      : []),
    ...(lost > 0 ? [paint('yellow', `${lost} could not be reached or asked: nothing is known about them`)] : []),
    ...(missing > 0 ? [paint('yellow', `interrupted: ${missing} have no result`)] : []),
    single ? formatCounts(only) : `${passed} passed, ${failed + lost + countOf(fleet, 'failed')} failed`,
  ].join('\n')
}

const formatFleetCheck = (check: CheckResult, paint: Paint): string =>
  check.expected.startsWith('shown')
    ? `    ${check.title}\n${foreignText(check.observed).replaceAll(/^/gm, '      ')}`
    : formatResult(check, paint)
