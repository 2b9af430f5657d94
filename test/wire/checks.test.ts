import test from 'ava'
import type { Received } from '../../lab/intake/types.ts'
import { wireChecks } from '../../scripts/lib/wire/checks.ts'
import { expectations, healthy, provoked, series } from './_received.ts'

const checks = wireChecks(expectations, provoked)

/** Ids of the checks that are red. */
const red = (received: Received): string[] =>
  checks.filter((one) => one.problems(received).length > 0).map(({ id }) => id)

test('what a healthy machine sends passes every check', (t) => {
  t.deepEqual(red(healthy), [])
  t.deepEqual(
    checks.map(({ id }) => id),
    [
      'wire.host-tags',
      'wire.metrics.mysql',
      'wire.metrics.my_metric',
      'wire.service-checks',
      'wire.logs',
      'wire.traces',
      'wire.encodings',
    ],
  )
})

test('a machine that sends nothing passes none', (t) => {
  const silent: Received = {
    series: [],
    serviceChecks: [],
    hosts: [],
    logs: [],
    spans: [],
    stats: 0,
    validations: 0,
    others: [],
    problems: [],
    requests: 0,
  }
  t.deepEqual(
    red(silent),
    checks.map(({ id }) => id),
  )
})

const [firstLog, secondLog] = healthy.logs
const [span] = healthy.spans
const [host] = healthy.hosts
if (firstLog === undefined || secondLog === undefined || span === undefined || host === undefined)
  throw new Error('the example is incomplete')

const faults: readonly [title: string, received: Partial<Received>, ids: readonly string[]][] = [
  ['a host tag is missing', { hosts: [{ ...host, tags: ['env:trial'] }] }, ['wire.host-tags']],
  ['tags came as one text', { hosts: [{ ...host, tags: ['env:trial, role:database'] }] }, ['wire.host-tags']],
  ['another version of the Agent', { hosts: [{ ...host, agentVersion: '7.1.0' }] }, ['wire.host-tags']],
  [
    'a metric that a grant hides',
    { series: healthy.series.filter(({ metric }) => metric !== 'mysql.net.max_connections') },
    ['wire.metrics.mysql'],
  ],
  [
    'a rate is missing',
    { series: healthy.series.filter(({ metric }) => metric !== 'mysql.performance.queries') },
    ['wire.metrics.mysql'],
  ],
  [
    'a custom check lacks its tag',
    { series: [...healthy.series.slice(0, 2), series('my_metric')] },
    ['wire.metrics.my_metric'],
  ],
  [
    'a value outside its bounds',
    { series: [...healthy.series, series('my_metric', ['check:my_metric'], 1001)] },
    ['wire.metrics.my_metric'],
  ],
  [
    'a metric without a host',
    { series: healthy.series.map((one) => (one.metric === 'my_metric' ? { ...one, host: '' } : one)) },
    ['wire.metrics.my_metric'],
  ],
  [
    'a metric without a point',
    { series: healthy.series.map((one) => (one.metric === 'my_metric' ? { ...one, points: [] } : one)) },
    ['wire.metrics.my_metric'],
  ],
  [
    'a critical service check',
    {
      serviceChecks: healthy.serviceChecks.map((one) =>
        one.check === 'mysql.can_connect' ? { ...one, status: 2 } : one,
      ),
    },
    ['wire.service-checks'],
  ],
  ['no word that the Agent is up', { serviceChecks: healthy.serviceChecks.slice(1) }, ['wire.service-checks']],
  ['no line of the database', { logs: [firstLog] }, ['wire.logs']],
  ['the database’s line with another source', { logs: [firstLog, { ...secondLog, source: '' }] }, ['wire.logs']],
  ['the app’s line without a service', { logs: [{ ...firstLog, service: '' }, secondLog] }, ['wire.logs']],
  [
    'a line without a trace id',
    { logs: [{ ...firstLog, message: '{"message": "GET /api/apm 200"}' }, secondLog] },
    ['wire.logs', 'wire.traces'],
  ],
  ['a trace id of another trace', { spans: [{ ...span, traceId: '43' }] }, ['wire.traces']],
  ['a route without a trace', { spans: [{ ...span, resource: 'GET /' }] }, ['wire.traces']],
  ['spans of another environment', { spans: [{ ...span, env: 'prod' }] }, ['wire.traces']],
  ['spans of another version', { spans: [{ ...span, meta: { ...span.meta, version: '2' } }] }, ['wire.traces']],
  [
    'traces at the address of metrics',
    { spans: [{ ...span, encoding: { ...span.encoding, path: '/api/v2/series' } }] },
    ['wire.encodings'],
  ],
  ['traces as JSON', { spans: [{ ...span, encoding: { ...span.encoding, form: 'json' } }] }, ['wire.encodings']],
  [
    'an unknown compression',
    { hosts: [{ ...host, encoding: { ...host.encoding, contentEncoding: 'br' } }] },
    ['wire.encodings'],
  ],
  ['a body that could not be read', { problems: ['/api/v2/logs: no JSON'] }, ['wire.encodings']],
  ['a key that was never asked about', { validations: 0 }, ['wire.encodings']],
]

for (const [title, part, ids] of faults)
  test(`turns just the right checks red: ${title}`, (t) => t.deepEqual(red({ ...healthy, ...part }), ids))

test('a box without database, app and logs is judged by what it has', (t) => {
  const bare = { ...expectations, database: null, app: null, agent: { ...expectations.agent, logs: false }, checks: [] }
  t.deepEqual(
    wireChecks(bare, { lines: {} }).map(({ id }) => id),
    ['wire.host-tags', 'wire.service-checks', 'wire.encodings'],
  )
})
