import type { Encoding, Received, Series } from '../../lab/intake/types.ts'
import type { Expectations } from '../../scripts/lib/render/types.ts'
import type { Provoked } from '../../scripts/lib/wire/checks.ts'

export const expectations: Expectations = {
  box: 'small',
  version: '1.0.0',
  seed: 'credentials',
  agent: {
    version: '7.83.0+lab',
    lab: true,
    site: 'datadoghq.com',
    tags: ['env:trial', 'role:database'],
    logs: true,
    source: '',
  },
  checks: [
    {
      name: 'mysql',
      interval: 15,
      metrics: ['mysql.net.max_connections'],
      rates: ['mysql.performance.queries'],
      serviceChecks: ['mysql.can_connect'],
      tags: [],
      warnings: 'none',
      ranges: {},
    },
    {
      name: 'my_metric',
      interval: 45,
      metrics: ['my_metric'],
      rates: [],
      serviceChecks: [],
      tags: ['check:my_metric'],
      warnings: 'none',
      ranges: { my_metric: { min: 0, max: 1000 } },
    },
  ],
  database: {
    engine: 'mariadb',
    unit: 'mariadb',
    logs: ['/var/log/mysql/error.log'],
    grants: { maxUserConnections: 5, slaveMonitor: true },
  },
  app: {
    ...{
      port: 5050,
      service: 'trial-app',
      env: 'trial',
      version: '1.0.0',
      unit: 'trial-app',
      log: '/var/log/trial-app/app.log',
    },
    routes: [{ path: '/api/apm', body: 'Getting APM Started', resource: 'GET /api/apm' }],
  },
  units: [],
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
