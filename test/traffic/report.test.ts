import test from 'ava'
import { formatMeasured, formatTick, formatTraffic } from '../../scripts/lib/traffic/report.ts'
import type { TrafficResults } from '../../scripts/lib/traffic/results.ts'
import { counts, figures } from './_figures.ts'

test('a tick is one line', (t) => {
  const latency = { p50: 4.123, p90: 9, p99: 123.4, max: 200 }
  t.is(
    formatTick({ at: 12, app: { seconds: 10, answered: 984, errors: 1, latency }, transactions: 1200 }),
    '   12 s     98 requests/s  p50 4.1 ms  p99 123 ms  1 error  1200 transactions',
  )
  t.is(formatTick({ at: 1, app: null, transactions: 1 }), '    1 s  1 transaction')
})

test('what was measured has a line each for requests, latency, routes and database', (t) => {
  const app = figures(200, { answered: { '2xx': 198, '5xx': 2 }, routes: { '/': 150, '/a': 50 } })
  t.is(
    formatMeasured({ seconds: 10, app, transactions: 1000 }),
    [
      'requests: 200 in 10.0 s, 198 answered by 2xx, 2 errors',
      'latency:  p50 1.0 ms, p90 2.0 ms, p99 3.0 ms, max 4.0 ms',
      'routes:   / 75 %, /a 25 %',
      'database: 1000 transactions, 100 per second',
    ].join('\n'),
  )
  t.is(formatMeasured({ seconds: 10, app: null, transactions: null }), '')
})

const results = (failed: number): TrafficResults => ({
  box: 'lab',
  machine: 'container',
  image: 'x',
  disposable: true,
  labAgent: true,
  shape: 'steady',
  seconds: 10,
  rate: 20,
  connections: 9,
  app: figures(200),
  database: null,
  traces: counts(200),
  passed: 1,
  failed,
  notJudged: 0,
  checks: [
    { id: 'traffic.app', title: 'App', status: 'passed', seconds: 1, expected: 'all', observed: '200 requests sent' },
    ...(failed > 0
      ? [{ id: 'traffic.traces', title: 'T', status: 'failed', seconds: 1, expected: '200', observed: '0' } as const]
      : []),
  ],
})

test('the verdict says green or red, what was seen, and closes with the counts', (t) => {
  const green = formatTraffic(results(0))
  t.regex(green, /✓ traffic\.app.*\n {6}200 requests sent/)
  t.regex(green, /took the load, and all of it was counted\nlab Agent: .*\n1 passed, 0 failed$/)
  t.regex(formatTraffic({ ...results(0), notJudged: 1 }), /took the load; whatever is not judged may have been lost\n/)
  const red = formatTraffic(results(1))
  t.regex(red, /✗ traffic\.traces.*\n {6}expected {2}200\n {6}observed {2}0/)
  t.regex(red, /1 passed, 1 failed$/)
  t.notRegex(red, /took the load/)
})
