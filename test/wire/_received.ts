import type { Encoding, LogLine, Received, Series, Span } from '../../lab/intake/payloads.ts'
import type { CheckExpectation, Expectations } from '../../scripts/lib/render/rendered-box.ts'
import type { Provoked } from '../../scripts/lib/wire/wire-check.ts'
import { lab } from '../verify/_expectations.ts'

const mysql: CheckExpectation = {
  name: 'mysql',
  interval: 15,
  metrics: ['mysql.net.max_connections'],
  rates: ['mysql.performance.queries'],
  serviceChecks: ['mysql.can_connect'],
  tags: [],
  warnings: 'none',
  ranges: {},
}

/** The box with everything, its database's integration and a second route. */
export const expectations: Expectations = {
  ...lab,
  checks: [mysql, ...lab.checks],
  app:
    lab.app === null
      ? null
      : {
          ...lab.app,
          routes: [...lab.app.routes, { path: '/api/apm', body: 'Getting APM Started', resource: 'GET /api/apm' }],
        },
}

/** Seconds since 1970: when everything here was sent. */
export const sent = 1_764_000_000

export const provoked: Provoked = {
  host: 'small-1',
  from: sent - 60,
  to: sent + 240,
  lines: { '/var/log/mysql/error.log': 'a line' },
}

const encoding = (path: string, form: Encoding['form'] = 'json', contentEncoding = 'deflate'): Encoding => ({
  path,
  form,
  contentEncoding,
  contentType: form === 'json' ? 'application/json' : 'application/x-protobuf',
})

export const series = (metric: string, tags: readonly string[] = [], value = 5): Series => ({
  metric,
  tags,
  type: 'gauge',
  host: 'small-1',
  interval: 0,
  points: [[sent, value]],
  encoding: encoding('/api/v2/series', 'protobuf'),
})

const logLine = (message: string, service: string, source: string): LogLine => ({
  message,
  service,
  source,
  status: 'info',
  timestamp: sent * 1000,
  tags: [],
  host: 'small-1',
  encoding: encoding('/api/v2/logs', 'json', 'gzip'),
})

/** The upper half of each trace's id in hex. */
const upper = 'f'.repeat(16)

const appLine = (path: string, trace: number): LogLine =>
  logLine(
    JSON.stringify({
      message: `GET ${path} 200`,
      'dd.trace_id': `${upper}${trace.toString(16).padStart(16, '0')}`,
    }),
    'trial-app',
    'python',
  )

const span = (resource: string, trace: number, parentId: string): Span => ({
  service: 'trial-app',
  name: 'flask.request',
  resource,
  traceId: String(trace),
  spanId: '1',
  parentId,
  error: 0,
  start: `${sent}123456789`,
  duration: '2000000',
  metrics: {},
  host: 'small-1',
  env: 'trial',
  meta: parentId === '0' ? { '_dd.p.tid': upper, version: '1.0.0' } : {},
  encoding: encoding('/api/v0.2/traces', 'protobuf', 'gzip'),
})

/** What a healthy machine sends. */
export const healthy: Received = {
  series: [
    series('mysql.net.max_connections'),
    series('mysql.performance.queries'),
    series('my_metric', ['check:my_metric']),
  ],
  serviceChecks: ['datadog.agent.up', 'mysql.can_connect'].map((check) => ({
    check,
    host: 'small-1',
    status: 0,
    message: '',
    tags: [],
    timestamp: sent,
    encoding: encoding('/api/v1/check_run'),
  })),
  hosts: [
    {
      name: 'small-1',
      tags: ['env:trial', 'role:database', 'more:tags'],
      agentVersion: '7.83.0+lab',
      encoding: encoding('/intake/'),
    },
  ],
  logs: [appLine('/', 41), appLine('/api/apm', 42), logLine('a line', 'mysql', 'mysql')],
  spans: [
    span('GET /', 41, '0'),
    span('trial_app.entrypoint', 41, '1'),
    span('GET /api/apm', 42, '0'),
    span('trial_app.apm', 42, '1'),
  ],
  stats: 0,
  validations: 1,
  others: [],
  problems: [],
  requests: 9,
  interrupted: 0,
}
