import type { Context } from './context.ts'
import { createDashboard, deleteDashboard, getDashboard, listDashboards, updateDashboard } from './dashboards.ts'
import { cancelDowntime, createDowntime, getDowntime, listDowntimes, updateDowntime } from './downtimes.ts'
import type { Reply } from './faults.ts'
import {
  createMonitor,
  deleteMonitor,
  getMonitor,
  listMonitors,
  updateMonitor,
  validateExistingMonitor,
  validateMonitor,
} from './monitors.ts'
import { getOrganisationConfig } from './organisation.ts'
import type { Permission } from './permissions.ts'
import { Refusal } from './refusal.ts'

export interface Operation {
  readonly method: string
  /** The only group is the id. */
  readonly path: RegExp
  /** The permission that the application key needs; undefined if an API key is enough. */
  readonly permission: Permission | undefined
  /** Whether it changes the account. */
  readonly changes: boolean
  readonly run: (context: Context) => Reply
}

const operation =
  (changes: boolean) =>
  (method: string, path: RegExp, permission: Permission | undefined, run: (context: Context) => Reply): Operation => ({
    method,
    path,
    permission,
    changes,
    run,
  })
const reading = operation(false)
const changing = operation(true)

const dashboards = /^\/api\/v1\/dashboard$/
const dashboard = /^\/api\/v1\/dashboard\/([^/]+)$/
const monitors = /^\/api\/v1\/monitor$/
const monitorCheck = /^\/api\/v1\/monitor\/validate$/
const monitor = /^\/api\/v1\/monitor\/(\d+)$/
const knownMonitorCheck = /^\/api\/v1\/monitor\/(\d+)\/validate$/
const downtimes = /^\/api\/v2\/downtime$/
const downtime = /^\/api\/v2\/downtime\/([^/]+)$/
const configs = /^\/api\/v2\/org_configs\/([^/]+)$/

const operations: readonly Operation[] = [
  reading('GET', /^\/api\/v1\/validate$/, undefined, () => ({ status: 200, body: { valid: true } })),
  reading('GET', dashboards, 'dashboards_read', listDashboards),
  changing('POST', dashboards, 'dashboards_write', createDashboard),
  reading('GET', dashboard, 'dashboards_read', getDashboard),
  changing('PUT', dashboard, 'dashboards_write', updateDashboard),
  changing('DELETE', dashboard, 'dashboards_write', deleteDashboard),
  reading('GET', monitors, 'monitors_read', listMonitors),
  changing('POST', monitors, 'monitors_write', createMonitor),
  reading('POST', monitorCheck, 'monitors_read', validateMonitor),
  reading('GET', monitor, 'monitors_read', getMonitor),
  changing('PUT', monitor, 'monitors_write', updateMonitor),
  changing('DELETE', monitor, 'monitors_write', deleteMonitor),
  reading('POST', knownMonitorCheck, 'monitors_read', validateExistingMonitor),
  reading('GET', downtimes, 'monitors_downtime', listDowntimes),
  changing('POST', downtimes, 'monitors_downtime', createDowntime),
  reading('GET', downtime, 'monitors_downtime', getDowntime),
  changing('PATCH', downtime, 'monitors_downtime', updateDowntime),
  changing('DELETE', downtime, 'monitors_downtime', cancelDowntime),
  reading('GET', configs, 'org_management', ({ id, timezone }) => getOrganisationConfig(id, timezone)),
]

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Refusal(404, ['Not found'])
  }
}

/** The operation for a request, and the id in its path. @throws Refusal 404 or 405 */
export const route = (method: string, path: string): { operation: Operation; id: string } => {
  const here = operations.filter((candidate) => candidate.path.test(path))
  if (here.length === 0) throw new Refusal(404, ['Not found'])
  const found = here.find((candidate) => candidate.method === method)
  if (found === undefined) throw new Refusal(405, ['Method not allowed'])
  return { operation: found, id: decoded(found.path.exec(path)?.[1] ?? '') }
}
