// What a load prints.

import { formatCount, formatSeconds } from '../_helpers/format.ts'
import { formatResult, type Paint, plain } from '../report/terminal.ts'
import { isGreen } from '../verify/verdict.ts'
import { type AppFigures, type Interval, sumOf } from './app-load.ts'
import type { Measured, TrafficResults } from './results.ts'

/** One moment of a running load. */
export interface Tick {
  /** Seconds since the start. */
  readonly at: number
  /** Null for a box without an app. */
  readonly app: Interval | null
  /** Since the start; null without a driver. */
  readonly transactions: number | null
}

const milliseconds = (number: number): string => `${number < 10 ? number.toFixed(1) : Math.round(number)} ms`

/** `  12 s   98 requests/s  p50 4.1 ms  p99 12 ms  0 errors  1200 transactions` */
export const formatTick = ({ at, app, transactions }: Tick, paint: Paint = plain): string => {
  const errors = app === null ? '' : formatCount(app.errors, 'error')
  return [
    `${String(Math.round(at)).padStart(5)} s`,
    ...(app === null
      ? []
      : [
          `${String(Math.round(app.answered / app.seconds)).padStart(5)} requests/s`,
          `p50 ${milliseconds(app.latency.p50)}`,
          `p99 ${milliseconds(app.latency.p99)}`,
          app.errors > 0 ? paint('red', errors) : errors,
        ]),
    ...(transactions === null ? [] : [formatCount(transactions, 'transaction')]),
  ].join('  ')
}

const appLines = ({ sent, answered, routes, latency }: AppFigures, seconds: number): string[] => {
  const { '2xx': good = 0 } = answered
  const { p50, p90, p99, max } = latency
  return [
    `requests: ${sent} in ${formatSeconds(seconds)}, ${good} answered by 2xx, ${formatCount(sent - good, 'error')}`,
    `latency:  p50 ${milliseconds(p50)}, p90 ${milliseconds(p90)}, p99 ${milliseconds(p99)}, max ${milliseconds(max)}`,
    `routes:   ${Object.entries(routes)
      .map(([path, number]) => `${path} ${((100 * number) / Math.max(1, sumOf(routes))).toFixed(0)} %`)
      .join(', ')}`,
  ]
}

/** What was measured, a line each. */
export const formatMeasured = ({ seconds, app, transactions }: Measured): string =>
  [
    ...(app === null ? [] : appLines(app, seconds)),
    ...(transactions === null
      ? []
      : [
          `database: ${formatCount(transactions, 'transaction')}, ${(transactions / Math.max(1, seconds)).toFixed(0)} per second`,
        ]),
  ].join('\n')

/** The figures, each verdict with what was seen, and `N passed, N failed`. */
export const formatTraffic = (results: TrafficResults, paint: Paint = plain): string => {
  const { box, seconds, app, database, checks, passed, failed, notJudged, labAgent } = results
  const verdict = isGreen(results)
    ? paint(
        notJudged > 0 ? 'yellow' : 'green',
        `${box} took the load${notJudged > 0 ? '; whatever is not judged may have been lost' : ', and all of it was counted'}`,
      )
    : paint('red', `${box}: the Agent or the database counted less than was sent, or something failed`)
  return [
    formatMeasured({ seconds, app, transactions: database?.transactions ?? null }),
    '',
    ...checks.map((check) =>
      check.status === 'passed'
        ? `${formatResult(check, paint)}\n      ${paint('dim', check.observed)}`
        : formatResult(check, paint),
    ),
    '',
    verdict,
    ...(labAgent ? [paint('yellow', 'lab Agent: this says nothing about Datadog’s own Agent')] : []),
    `${passed} passed, ${failed} failed${notJudged > 0 ? `, ${notJudged} not judged` : ''}`,
  ].join('\n')
}
