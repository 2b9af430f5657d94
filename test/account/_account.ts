import type { ExecutionContext } from 'ava'
import {
  type Account,
  type AccountOptions,
  labApiKey,
  labApplicationKey,
  startAccount,
} from '../../lab/account/server.ts'
import { isObject, listOf } from '../../scripts/lib/_helpers/json.ts'

/** A Monday in Paris, 11:00. */
export const now = new Date('2026-11-23T10:00:00Z')

export const keyHeaders = { 'dd-api-key': labApiKey, 'dd-application-key': labApplicationKey }

/** An account that ends with the test, at a time that stands still. */
export const start = async (t: ExecutionContext, options: AccountOptions = {}): Promise<Account> => {
  const account = await startAccount({ clock: () => now, ...options })
  t.teardown(() => account.close())
  return account
}

export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers: Headers
}

/** One request with the lab's keys. */
export const call = async (
  { url }: Account,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = keyHeaders,
): Promise<Answer> => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers }
}

/** What stands at a path such as `data.attributes` or `widgets.0.id`. */
export const pick = (value: unknown, path: string): unknown =>
  path.split('.').reduce((inner: unknown, key) => {
    if (Array.isArray(inner)) return inner[Number(key)]
    return isObject(inner) ? inner[key] : undefined
  }, value)

/** The messages of an answer that tells errors. */
export const errorsOf = ({ body }: Answer): string[] => listOf(pick(body, 'errors')).map(String)

export const timeseries = (query: string, formula = 'query1'): Record<string, unknown> => ({
  definition: {
    type: 'timeseries',
    title: 'A graph',
    requests: [
      {
        response_format: 'timeseries',
        display_type: 'line',
        queries: [{ data_source: 'metrics', name: 'query1', query }],
        formulas: [{ formula }],
      },
    ],
  },
})

export const dashboard = (extra: Record<string, unknown> = {}): Record<string, unknown> => ({
  title: 'A box',
  layout_type: 'ordered',
  widgets: [timeseries('avg:my_metric{host:web}')],
  ...extra,
})

export const monitor = (extra: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'my_metric is high',
  type: 'metric alert',
  query: 'avg(last_5m):avg:my_metric{*} by {host} > 800',
  message: '{{#is_alert}}high: {{value}} on {{host.name}}{{/is_alert}}',
  tags: ['team:b', 'box:a'],
  options: { thresholds: { critical: 800, warning: 500 }, notify_no_data: true, no_data_timeframe: 10 },
  ...extra,
})

export const checkMonitor = (extra: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'database',
  type: 'service check',
  query: '"mysql.can_connect".over("host:web").by("host","server").last(4).count_by_status()',
  options: { thresholds: { ok: 1, warning: 1, critical: 3 } },
  ...extra,
})

export const nights = { start: '2026-11-23T19:00', duration: '14h', rrule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' }

export const downtime = (extra: Record<string, unknown> = {}): Record<string, unknown> => ({
  data: {
    type: 'downtime',
    attributes: {
      scope: 'host:web',
      monitor_identifier: { monitor_tags: ['box:a'] },
      message: 'nights',
      schedule: { timezone: 'Europe/Paris', recurrences: [nights] },
      ...extra,
    },
  },
})
