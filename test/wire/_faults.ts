import type { Encoding, LogLine, Received, Series, ServiceCheck, Span } from '../../lab/intake/payloads.ts'
import { healthy, sent, series } from './_received.ts'

const [host] = healthy.hosts
const [queries] = healthy.series.slice(1)
const [up, canConnect] = healthy.serviceChecks
const [rootLine, apmLine, databaseLine] = healthy.logs
if (!host || !queries || !up || !canConnect || !rootLine || !apmLine || !databaseLine)
  throw new Error('the example is incomplete')

const changed = <T>(list: readonly T[], which: (one: T) => boolean, change: Partial<T>): T[] =>
  list.map((one) => (which(one) ? { ...one, ...change } : one))

const inMyMetric = (change: Partial<Series>): Partial<Received> => ({
  series: changed(healthy.series, ({ metric }) => metric === 'my_metric', change),
})
const inCanConnect = (change: Partial<ServiceCheck>): Partial<Received> => ({
  serviceChecks: changed(healthy.serviceChecks, (one) => one === canConnect, change),
})
const inLine = (line: LogLine, change: Partial<LogLine>): Partial<Received> => ({
  logs: changed(healthy.logs, (one) => one === line, change),
})
const inSpan = (resource: string, change: Partial<Span>): Partial<Received> => ({
  spans: changed(healthy.spans, (one) => one.resource === resource, change),
})
const encodedSpans = (change: Partial<Encoding>): Partial<Received> => ({
  spans: healthy.spans.map((one) => ({ ...one, encoding: { ...one.encoding, ...change } })),
})
const encodedHost = (change: Partial<Encoding>): Partial<Received> => ({
  hosts: [{ ...host, encoding: { ...host.encoding, ...change } }],
})

/** Ways in which something arrives wrong, by the ids of the checks that must turn red by it. */
export const faults: Readonly<Record<string, readonly [title: string, received: Partial<Received>][]>> = {
  'wire.host-tags': [
    ['a host tag is missing', { hosts: [{ ...host, tags: ['env:trial'] }] }],
    ['tags came as one text', { hosts: [{ ...host, tags: ['env:trial, role:database'] }] }],
    ['another version of the Agent', { hosts: [{ ...host, agentVersion: '7.1.0' }] }],
    ['another host', { hosts: [{ ...host, name: 'another-box' }] }],
    ['a host without a name', { hosts: [{ ...host, name: '' }] }],
    ['a second host', { hosts: [host, { ...host, name: 'another-box' }] }],
    [
      'the tags of one host and the version of another',
      {
        hosts: [
          { ...host, agentVersion: '7.1.0' },
          { ...host, name: 'another-box', tags: [] },
        ],
      },
    ],
  ],
  'wire.metrics.mysql': [
    [
      'a metric that a grant hides',
      { series: healthy.series.filter(({ metric }) => metric !== 'mysql.net.max_connections') },
    ],
    ['a rate is missing', { series: healthy.series.filter((one) => one !== queries) }],
    ['one series more, of another host', { series: [...healthy.series, { ...queries, host: 'another-box' }] }],
  ],
  'wire.metrics.my_metric': [
    ['a custom check lacks its tag', inMyMetric({ tags: [] })],
    ['a value outside its bounds', { series: [...healthy.series, series('my_metric', ['check:my_metric'], 1001)] }],
    ['a metric without a host', inMyMetric({ host: '' })],
    ['a metric of another host', inMyMetric({ host: 'another-box' })],
    ['a metric without a type', inMyMetric({ type: 'unspecified' })],
    ['a metric without a point', inMyMetric({ points: [] })],
    ['a point of 1970', inMyMetric({ points: [[0, 5]] })],
    ['a point in milliseconds', inMyMetric({ points: [[sent * 1000, 5]] })],
    [
      'a good point and one from before',
      inMyMetric({
        points: [
          [sent - 61, 5],
          [sent, 5],
        ],
      }),
    ],
    ['a point of tomorrow', inMyMetric({ points: [[sent + 86_400, 5]] })],
  ],
  'wire.service-checks': [
    ['no word that the Agent is up', { serviceChecks: [canConnect] }],
    ['a critical service check', inCanConnect({ status: 2 })],
    ['a service check of another host', inCanConnect({ host: 'another-box' })],
    ['a service check without a host', inCanConnect({ host: '' })],
    ['a service check without a time', inCanConnect({ timestamp: 0 })],
    ['a service check in milliseconds', inCanConnect({ timestamp: sent * 1000 })],
    [
      'a later failure that arrives before an earlier success',
      { serviceChecks: [up, { ...canConnect, status: 2, timestamp: sent + 15 }, canConnect] },
    ],
    [
      'a success with other tags hides no failure',
      {
        serviceChecks: [up, { ...canConnect, status: 2, tags: ['port:3306'] }, { ...canConnect, tags: ['port:3307'] }],
      },
    ],
  ],
  'wire.logs': [
    ['no line of the database', { logs: [rootLine, apmLine] }],
    ['the database’s line with another source', inLine(databaseLine, { source: '' })],
    ['the database’s line without a service', inLine(databaseLine, { service: '' })],
    ['the database’s line of another host', inLine(databaseLine, { host: 'another-box' })],
    ['the app’s line without a service', inLine(apmLine, { service: '' })],
    ['the app’s line without a source', inLine(apmLine, { source: '' })],
    ['the app’s line without a host', inLine(apmLine, { host: '' })],
    ['the app’s line without a time', inLine(apmLine, { timestamp: 0 })],
    ['the app’s line in seconds', inLine(apmLine, { timestamp: sent })],
    ['one line more, of another host', { logs: [...healthy.logs, { ...apmLine, host: 'another-box' }] }],
  ],
  'wire.logs wire.traces': [
    ['a line without a trace id', inLine(apmLine, { message: '{"message": "GET /api/apm 200"}' })],
    ['a route without a line', { logs: [rootLine, databaseLine] }],
  ],
  'wire.traces': [
    ['a trace id of another trace', inSpan('GET /api/apm', { traceId: '43' })],
    [
      'log lines with the ids of each other’s traces',
      {
        logs: [
          { ...rootLine, message: rootLine.message.replace('GET / ', 'GET /api/apm ') },
          { ...apmLine, message: apmLine.message.replace('GET /api/apm ', 'GET / ') },
          databaseLine,
        ],
      },
    ],
    ['a route without a trace', { spans: healthy.spans.filter(({ resource }) => resource !== 'GET /api/apm') }],
    ['no root span', { spans: healthy.spans.map((one) => ({ ...one, parentId: '7' })) }],
    ['a route without a root span', inSpan('GET /api/apm', { parentId: '7' })],
    ['a span of another host', inSpan('trial_app.apm', { host: 'another-box' })],
    ['a span without a host', inSpan('trial_app.apm', { host: '' })],
    ['a span of another environment', inSpan('trial_app.apm', { env: 'prod' })],
    ['a span of 1970', inSpan('trial_app.apm', { start: '0' })],
    ['a span in microseconds', inSpan('trial_app.apm', { start: `${sent}000000` })],
    ['a root span without a duration', inSpan('GET /', { duration: '0' })],
    ['a root span with an error', inSpan('GET /', { error: 1 })],
    ['a root span of another version', inSpan('GET /', { meta: { '_dd.p.tid': 'f'.repeat(16), version: '2' } })],
  ],
  'wire.encodings': [
    ['traces at the address of metrics', encodedSpans({ path: '/api/v2/series' })],
    ['traces as JSON', encodedSpans({ form: 'json', contentType: 'application/json' })],
    ['traces as another kind of protobuf', encodedSpans({ contentType: 'application/protobuf' })],
    ['an unknown compression', encodedHost({ contentEncoding: 'br' })],
    ['JSON without a Content-Type', encodedHost({ contentType: '' })],
    ['JSON as plain text', encodedHost({ contentType: 'text/plain' })],
    ['JSON as something that begins alike', encodedHost({ contentType: 'application/json-seq' })],
    [
      'series in protobuf as JSON',
      {
        series: changed(healthy.series, () => true, {
          encoding: { ...queries.encoding, contentType: 'application/json' },
        }),
      },
    ],
    ['a body that could not be read', { problems: ['/api/v2/logs: no JSON'] }],
    ['a key that was never asked about', { validations: 0 }],
  ],
}

/** What comes now and then from a machine that is well. */
export const harmless: readonly [title: string, received: Partial<Received>][] = [
  ['a Content-Type with a charset', encodedHost({ contentType: 'application/json; charset=utf-8' })],
  [
    'series under the other name of protobuf',
    {
      series: changed(healthy.series, () => true, {
        encoding: { ...queries.encoding, contentType: 'application/protobuf' },
      }),
    },
  ],
  ['the host told twice', { hosts: [host, host] }],
  [
    'an earlier failure that arrives after a later success',
    { serviceChecks: [up, { ...canConnect, timestamp: sent + 15 }, { ...canConnect, status: 2 }] },
  ],
  [
    'a failure that is over, with its tags in another order',
    {
      serviceChecks: [
        up,
        { ...canConnect, status: 2, tags: ['port:3306', 'server:a'] },
        { ...canConnect, timestamp: sent + 15, tags: ['server:a', 'port:3306'] },
      ],
    },
  ],
  [
    'a line whose trace was lost, and another',
    { logs: [{ ...rootLine, message: rootLine.message.replace(/f+/, '0'.repeat(16)) }, ...healthy.logs] },
  ],
  [
    'a service that is not the app’s',
    { spans: [...healthy.spans, ...healthy.spans.map((one) => ({ ...one, service: 'other', env: '' }))] },
  ],
  ['a connection that broke', { interrupted: 1 }],
]
