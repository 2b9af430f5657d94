import type { Expectations } from '../../scripts/lib/render/types.ts'

/** A box with everything. */
export const lab: Expectations = {
  box: 'lab',
  version: '1.0.0',
  seed: 'credentials',
  agent: {
    version: '7.83.0+lab',
    lab: true,
    site: 'datadoghq.com',
    tags: ['env:trial', 'role:database'],
    logs: true,
    source: 'http://apt.lab.invalid/ stable 7',
  },
  checks: [
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
    port: 5050,
    service: 'trial-app',
    env: 'trial',
    version: '1.0.0',
    unit: 'trial-app',
    log: '/var/log/trial-app/app.log',
    routes: [{ path: '/', body: 'Entrypoint to the Application', resource: 'GET /' }],
  },
  units: ['boxhound-first-boot.service', 'datadog-agent.service', 'ssh.service'],
}
