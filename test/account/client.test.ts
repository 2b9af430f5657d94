import { client, v1, v2 } from '@datadog/datadog-api-client'
import test, { type ExecutionContext } from 'ava'
import { type Account, type AccountOptions, labApiKey, labApplicationKey } from '../../lab/account/server.ts'
import { checkMonitor, now, start } from './_account.ts'

const apis = (account: Account) => {
  const configuration = client.createConfiguration({
    baseServer: new client.BaseServerConfiguration(account.url, {}),
    authMethods: { apiKeyAuth: labApiKey, appKeyAuth: labApplicationKey },
  })
  return {
    authentication: new v1.AuthenticationApi(configuration),
    dashboards: new v1.DashboardsApi(configuration),
    monitors: new v1.MonitorsApi(configuration),
    downtimes: new v2.DowntimesApi(configuration),
    organizations: new v2.OrganizationsApi(configuration),
  }
}

const begin = async (t: ExecutionContext, options?: AccountOptions) => {
  const account = await start(t, options)
  return { account, ...apis(account) }
}

const statusOf = async (t: ExecutionContext, work: Promise<unknown>): Promise<number | undefined> => {
  const error = await t.throwsAsync(work)
  return error !== undefined && 'code' in error ? Number(error.code) : undefined
}

test('keys and the organisation’s time zone', async (t) => {
  const { authentication, organizations } = await begin(t)
  t.true((await authentication.validate()).valid)
  const { data } = await organizations.getOrgConfig({ orgConfigName: 'monitor_timezone' })
  t.is(data.attributes.value, 'Europe/Paris')
  t.is(await statusOf(t, organizations.getOrgConfig({ orgConfigName: 'x' })), 404)
})

test('a dashboard: create, get, list, update, delete', async (t) => {
  const { account, dashboards } = await begin(t)
  const body: v1.Dashboard = {
    title: 'A box',
    layoutType: 'ordered',
    templateVariables: [{ name: 'host', prefix: 'host', defaults: ['web'] }],
    widgets: [
      {
        definition: {
          type: 'group',
          layoutType: 'ordered',
          title: 'Database',
          widgets: [
            {
              definition: {
                type: 'timeseries',
                requests: [
                  {
                    responseFormat: 'timeseries',
                    displayType: 'line',
                    queries: [
                      { dataSource: 'metrics', name: 'query1', query: 'avg:mysql.performance.cpu_time{$host}' },
                    ],
                    formulas: [{ formula: "anomalies(query1, 'basic', 2)" }],
                  },
                ],
              },
            },
          ],
        },
      },
    ],
  }
  const made = await dashboards.createDashboard({ body })
  const dashboardId = made.id ?? ''
  t.is(made.createdAt?.getTime(), now.getTime())
  t.is((await dashboards.getDashboard({ dashboardId })).title, 'A box')
  t.deepEqual(
    (await dashboards.listDashboards({})).dashboards?.map(({ id }) => id),
    [dashboardId],
  )
  t.is((await dashboards.updateDashboard({ dashboardId, body: { ...made, title: 'B' } })).title, 'B')
  t.is((await dashboards.deleteDashboard({ dashboardId })).deletedDashboardId, dashboardId)
  t.is(await statusOf(t, dashboards.getDashboard({ dashboardId })), 404)
  t.deepEqual(account.state().problems, [])
})

test('a monitor: validate, create, get, list, update, delete', async (t) => {
  const { monitors } = await begin(t)
  const body: v1.Monitor = {
    name: 'high',
    type: 'metric alert',
    query: 'avg(last_5m):avg:my_metric{*} by {host} > 800',
    message: '{{#is_alert}}high{{/is_alert}}',
    tags: ['team:b', 'box:a'],
    options: { thresholds: { critical: 800 }, notifyNoData: true, noDataTimeframe: 10 },
  }
  t.deepEqual(await monitors.validateMonitor({ body }), {})
  const made = await monitors.createMonitor({ body })
  const monitorId = made.id ?? 0
  t.is(made.type, 'query alert')
  t.is(made.overallState, 'No Data')
  t.is(await statusOf(t, monitors.createMonitor({ body })), 400)
  t.is((await monitors.getMonitor({ monitorId })).options?.noDataTimeframe, 10)
  t.is((await monitors.listMonitors({ monitorTags: 'box:a' })).length, 1)
  t.is((await monitors.updateMonitor({ monitorId, body: { name: 'new' } })).message, body.message)
  t.is((await monitors.deleteMonitor({ monitorId })).deletedMonitorId, monitorId)
  t.is(await statusOf(t, monitors.deleteMonitor({ monitorId })), 404)
})

test('a downtime: create, get, update, cancel', async (t) => {
  const { downtimes } = await begin(t)
  const recurrence = { start: '2026-11-23T19:00', duration: '14h', rrule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' }
  const { data } = await downtimes.createDowntime({
    body: {
      data: {
        type: 'downtime',
        attributes: {
          scope: '*',
          monitorIdentifier: { monitorTags: ['box:a'] },
          schedule: { timezone: 'Europe/Paris', recurrences: [recurrence] },
        },
      },
    },
  })
  const downtimeId = data?.id ?? ''
  t.is(data?.attributes?.status, 'scheduled')
  t.true(data?.attributes?.schedule instanceof v2.DowntimeScheduleRecurrencesResponse)
  const body: v2.DowntimeUpdateRequest = { data: { type: 'downtime', id: downtimeId, attributes: { message: 'new' } } }
  t.is((await downtimes.updateDowntime({ downtimeId, body })).data?.attributes?.message, 'new')
  await downtimes.cancelDowntime({ downtimeId })
  t.is((await downtimes.getDowntime({ downtimeId })).data?.attributes?.status, 'canceled')
  t.is(await statusOf(t, downtimes.cancelDowntime({ downtimeId })), 404)
})

test('the client’s pages: downtimes by thirty, monitors and dashboards by a hundred', async (t) => {
  const { account, downtimes, monitors, dashboards } = await begin(t)
  for (let index = 0; index < 65; index++)
    account.add('downtimes', { type: 'downtime', attributes: { scope: `host:${index}` } })
  for (let index = 0; index < 130; index++) account.add('monitors', checkMonitor({ name: `m${index}` }))
  for (let index = 0; index < 130; index++) account.add('dashboards', { title: `d${index}`, layout_type: 'ordered' })
  const scopes = new Set<string | undefined>()
  for await (const downtime of downtimes.listDowntimesWithPagination()) scopes.add(downtime.attributes?.scope)
  t.is(scopes.size, 65)
  const names = new Set<string | undefined>()
  for await (const monitor of monitors.listMonitorsWithPagination()) names.add(monitor.name)
  t.is(names.size, 130)
  const titles = new Set<string | undefined>()
  for await (const dashboard of dashboards.listDashboardsWithPagination()) titles.add(dashboard.title)
  t.is(titles.size, 130)
  t.deepEqual(
    account.requests.map(({ path }) => path),
    [
      ...Array<string>(3).fill('/api/v2/downtime'),
      ...Array<string>(2).fill('/api/v1/monitor'),
      ...Array<string>(2).fill('/api/v1/dashboard'),
    ],
  )
})
