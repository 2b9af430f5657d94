import type { Encoding, Received, Series } from '../../lab/intake/types.ts'
import type { CheckExpectation, Expectations } from '../../scripts/lib/render/types.ts'
import type { Provoked } from '../../scripts/lib/wire/checks.ts'
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

/** The box with everything, its database's integration and a route with a path besides. */
export const expectations: Expectations = {
  ...lab,
  checks: [mysql, ...lab.checks],
  app:
    lab.app === null
      ? null
      : { ...lab.app, routes: [{ path: '/api/apm', body: 'Getting APM Started', resource: 'GET /api/apm' }] },
}

export const provoked: Provoked = { lines: { '/var/log/mysql/error.log': 'a line' } }

const encoding = (path: string, form: Encoding['form'] = 'json', contentEncoding = 'deflate'): Encoding => ({
  ...{ path, form, contentEncoding },
  contentType: form === 'json' ? 'application/json' : 'application/x-protobuf',
})

export const series = (metric: string, tags: readonly string[] = [], value = 5): Series => ({
  ...{ metric, tags, type: 'gauge', host: 'small-1', interval: 15, points: [[1_764_000_000, value]] },
  encoding: encoding('/api/v2/series', 'protobuf'),
})

const traceId = `${'f'.repeat(16)}000000000000002a`

/** What a healthy machine sends. */
export const healthy: Received = {
  series: [
    series('mysql.net.max_connections'),
    series('mysql.performance.queries'),
    series('my_metric', ['check:my_metric']),
  ],
  serviceChecks: ['datadog.agent.up', 'mysql.can_connect'].map((check) => ({
    ...{ check, host: 'small-1', status: 0, message: '', tags: [], timestamp: 1 },
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
  logs: [
    {
      message: JSON.stringify({ message: 'GET /api/apm 200', 'dd.trace_id': traceId }),
      ...{ status: 'info', service: 'trial-app', source: 'python', tags: [], host: 'small-1' },
      encoding: encoding('/api/v2/logs', 'json', 'gzip'),
    },
    {
      ...{ message: 'a line', status: 'info', service: 'mysql', source: 'mysql', tags: [], host: 'small-1' },
      encoding: encoding('/api/v2/logs', 'json', 'gzip'),
    },
  ],
  spans: [
    {
      ...{
        service: 'trial-app',
        name: 'flask.request',
        resource: 'GET /api/apm',
        traceId: '42',
        spanId: '1',
        parentId: '0',
        error: 0,
      },
      ...{
        start: '1',
        duration: '1',
        meta: { '_dd.p.tid': 'f'.repeat(16), version: '1.0.0' },
        metrics: {},
        host: 'small-1',
        env: 'trial',
      },
      encoding: encoding('/api/v0.2/traces', 'protobuf', 'gzip'),
    },
  ],
  ...{ stats: 0, validations: 1, others: [], problems: [], requests: 9 },
}
