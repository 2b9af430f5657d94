import test from 'ava'
import { listOf } from '../../scripts/lib/_helpers/json.ts'
import { call, checkMonitor, errorsOf, monitor, pick, start } from './_account.ts'

const path = '/api/v1/monitor'

test('a monitor comes back with another name of its type, defaults and sorted tags', async (t) => {
  const account = await start(t)
  const { status, body } = await call(account, 'POST', path, monitor())
  t.is(status, 200)
  t.is(typeof pick(body, 'id'), 'number')
  t.like(body as object, {
    type: 'query alert',
    tags: ['box:a', 'team:b'],
    multi: true,
    overall_state: 'No Data',
    priority: null,
    restricted_roles: null,
    deleted: null,
    created: '2026-11-23T10:00:00.000000+00:00',
    modified: '2026-11-23T10:00:00.000000+00:00',
  })
  t.deepEqual(pick(body, 'options'), {
    include_tags: true,
    locked: false,
    new_host_delay: 300,
    no_data_timeframe: 10,
    notify_audit: false,
    notify_no_data: true,
    renotify_interval: null,
    silenced: {},
    thresholds: { critical: 800, warning: 500 },
    timeout_h: null,
  })
  t.deepEqual((await call(account, 'GET', `${path}/${pick(body, 'id')}`)).body, body)
  t.deepEqual(account.state().monitors[String(pick(body, 'id'))], body)
})

test('a service check is kept, and without groups it is not multi', async (t) => {
  const account = await start(t)
  const { body } = await call(account, 'POST', path, checkMonitor())
  t.like(body as object, { type: 'service check', multi: true, message: '', tags: [] })
  const query = 'avg(last_5m):avg:a{*} > 1'
  const { body: simple } = await call(account, 'POST', path, { type: 'query alert', query })
  t.like(simple as object, { multi: false, name: '' })
  t.deepEqual(pick(simple, 'options.thresholds'), { critical: 1 })
})

test('a monitor that is there already in every field is refused with its id, another name is fine', async (t) => {
  const account = await start(t)
  const { body } = await call(account, 'POST', path, monitor())
  const again = await call(account, 'POST', path, monitor({ type: 'query alert', tags: ['box:a', 'team:b'] }))
  t.is(again.status, 400)
  t.deepEqual(again.body, { errors: [`Duplicate of an existing monitor_id:${pick(body, 'id')}`] })
  for (const extra of [{ name: 'x' }, { message: 'x' }, { priority: 2 }, { tags: [] }])
    t.is((await call(account, 'POST', path, monitor(extra))).status, 200)
  t.is(Object.keys(account.state().monitors).length, 5)
})

test('what the documentation forbids is refused', async (t) => {
  const account = await start(t)
  const options = (extra: Record<string, unknown>) => ({ options: { thresholds: { critical: 800 }, ...extra } })
  const below = 'avg(last_5m):avg:a{*} < 10'
  const check = (extra: Record<string, unknown>) => checkMonitor(extra)
  const anomaly = (windows: Record<string, unknown>) =>
    monitor({
      query: "avg(last_4h):anomalies(avg:a{*}, 'basic', 2) >= 0.5",
      options: { thresholds: { critical: 0.5 }, threshold_windows: windows },
    })
  const cases: [Record<string, unknown>, RegExp][] = [
    [monitor({ foo: 1 }), /^foo: unknown field/],
    [monitor({ query: 'avg:a{*} > 800' }), /parameter 'query' is invalid: .*AGGR\(last_Nm\)/],
    [monitor({ query: '' }), /parameter 'query' is invalid: it is empty/],
    [monitor(options({ thresholds: { critical: 900 } })), /Alert threshold \(900\) does not match .*\(800\)/],
    [monitor(options({ thresholds: { critical: 800, warning: 800 } })), /warning \(800\) must be below/],
    [
      monitor(options({ thresholds: { critical: 800, critical_recovery: 900 } })),
      /critical_recovery \(900\) must be below/,
    ],
    [monitor({ query: below, options: { thresholds: { critical: 10, warning: 5 } } }), /warning \(5\) must be above/],
    [
      monitor(options({ notify_no_data: true, no_data_timeframe: 9 })),
      /no_data_timeframe \(9\) must be at least twice/,
    ],
    [monitor({ message: '{{#is_alert}}x' }), /^message: \{\{#is_alert\}\} is never closed/],
    [monitor(options({ escalation_message: '{{/is_alert}}' })), /^escalation_message: /],
    [monitor({ priority: 6 }), /^priority: 6/],
    [check({ query: '"a".over("*").by("host").count_by_status()' }), /parameter 'query' is invalid/],
    [check({ options: { thresholds: { critical: 5 } } }), /last\(4\) must be at least the threshold critical \(5\)/],
    [check({ options: { thresholds: { ok: 0 } } }), /Threshold ok \(0\)/],
    [{ type: 'composite', query: '!1' }, /there is no monitor 1/],
    [monitor(options({ on_missing_data: 'resolve', notify_no_data: false })), /^on_missing_data cannot be combined/],
    [check({ options: { on_missing_data: 'resolve' } }), /^Invalid monitor option: on_missing_data/],
    [monitor(options({ new_group_delay: 60, new_host_delay: 60 })), /cannot be set together/],
    [monitor(options({ renotify_occurrences: 3 })), /^renotify_occurrences requires renotify_interval/],
    [monitor(options({ timeout_h: 25 })), /^timeout_h: 25/],
    [monitor(options({ notify_by: ['region'] })), /^notify_by: region not among/],
    [monitor(options({ enable_logs_sample: true })), /^Invalid monitor option: enable_logs_sample/],
    [monitor(options({ threshold_windows: { trigger_window: 'last_5m' } })), /only valid for anomaly monitors/],
    [anomaly({ trigger_window: 'last_1h' }), /required for anomaly monitors/],
    [anomaly({ trigger_window: 'last_1h', recovery_window: 'last_5m' }), /simultaneously in alert and alert recovery/],
    [{ type: 'log alert', query: 'logs("a").rollup("count") > 3' }, /no window such as/],
    [{ type: 'log alert', query: 'rum("a").rollup("count").last("5m") > 3' }, /no query of a log alert/],
    [{ type: 'slo alert', query: 'error_budget("x").over("7d")' }, /end with an operator and a number/],
    [{ type: 'composite', query: '(1 && 2' }, /parameter 'query' is invalid: .*\) is missing/],
  ]
  for (const [sent, message] of cases)
    for (const place of [path, `${path}/validate`]) {
      const answer = await call(account, 'POST', place, sent)
      t.is(answer.status, 400, String(message))
      t.is(errorsOf(answer).length, 1, errorsOf(answer).join('\n'))
      t.regex(errorsOf(answer)[0] ?? '', message)
    }
  t.deepEqual(account.state().monitors, {})
})

test('values on the edge of what is allowed', async (t) => {
  const account = await start(t)
  for (const sent of [
    monitor({ options: { thresholds: { critical: 800 }, no_data_timeframe: 5 } }),
    monitor({ query: 'avg(last_5m):avg:a{*} < 10', options: { thresholds: { critical: 10, warning: 15 } } }),
    monitor({ query: 'avg(last_5m):avg:a{*} == 10', options: { thresholds: { critical: 10, warning: 15 } } }),
    checkMonitor({ options: { thresholds: { ok: 4, critical: 4 } } }),
  ])
    t.is((await call(account, 'POST', path, sent)).status, 200)
})

test('validation keeps nothing and minds no duplicate', async (t) => {
  const account = await start(t)
  const { body } = await call(account, 'POST', path, monitor())
  const before = account.state()
  for (const place of [`${path}/validate`, `${path}/${pick(body, 'id')}/validate`]) {
    const answer = await call(account, 'POST', place, monitor())
    t.is(answer.status, 200)
    t.deepEqual(answer.body, {})
  }
  t.is((await call(account, 'POST', `${path}/1/validate`, monitor())).status, 404)
  t.deepEqual(account.state(), before)
})

test('an update changes the fields that are sent, and replaces the options whole', async (t) => {
  let time = new Date('2026-11-23T10:00:00Z')
  const account = await start(t, { clock: () => time })
  const { body: first } = await call(account, 'POST', path, monitor())
  time = new Date('2026-11-24T10:00:00Z')
  const one = `${path}/${pick(first, 'id')}`
  const options = { renotify_interval: 60, thresholds: { critical: 800 } }
  const { status, body } = await call(account, 'PUT', one, { name: 'new', options })
  t.is(status, 200)
  t.like(first as object, { options: { notify_no_data: true, thresholds: { warning: 500 } } })
  t.deepEqual(body, {
    ...Object(first),
    name: 'new',
    modified: '2026-11-24T10:00:00.000000+00:00',
    options: { ...Object(pick(first, 'options')), ...options, notify_no_data: false, no_data_timeframe: null },
  })
  const { body: renamed } = await call(account, 'PUT', one, { name: 'newer' })
  t.deepEqual(pick(renamed, 'options'), pick(body, 'options'))
  t.is((await call(account, 'PUT', one, { type: 'metric alert' })).status, 200)
  t.is((await call(account, 'PUT', one, { type: 'service check' })).status, 400)
  t.is((await call(account, 'PUT', one, { nam: 'x' })).status, 400)
})

test('an update is judged together with what stays', async (t) => {
  const account = await start(t)
  const { body } = await call(account, 'POST', path, monitor())
  const one = `${path}/${pick(body, 'id')}`
  const query = 'avg(last_5m):avg:my_metric{*} by {host} > 900'
  t.regex(errorsOf(await call(account, 'PUT', one, { query }))[0] ?? '', /Alert threshold \(800\) does not match/)
  t.deepEqual(account.state().monitors[String(pick(body, 'id'))], body)
  t.is((await call(account, 'PUT', one, { query, options: { thresholds: { critical: 900 } } })).status, 200)
})

test('a deleted monitor is gone; one that a composite uses goes only by force', async (t) => {
  const account = await start(t)
  const id = pick((await call(account, 'POST', path, monitor())).body, 'id')
  t.is((await call(account, 'POST', path, { type: 'composite', query: `${id} && !${id}`, name: 'both' })).status, 200)
  t.regex(errorsOf(await call(account, 'DELETE', `${path}/${id}`))[0] ?? '', /is referenced in composite monitors: \d+/)
  t.deepEqual((await call(account, 'DELETE', `${path}/${id}?force=true`)).body, { deleted_monitor_id: id })
  for (const [method, sent] of [['GET'], ['DELETE'], ['PUT', { name: 'x' }]] as const)
    t.is((await call(account, method, `${path}/${id}`, sent)).status, 404, method)
})

test('the list is whole without a page, and is filtered by name and tags', async (t) => {
  const account = await start(t)
  for (let index = 0; index < 120; index++)
    account.add('monitors', {
      name: `M${index}`,
      tags: index % 2 === 0 ? ['a:b', 'c:d'] : ['a:b'],
      query: `x{host:h${index}}`,
    })
  const list = async (query: string) => listOf((await call(account, 'GET', `${path}${query}`)).body)
  const ids = (await list('')).map((item) => Number(pick(item, 'id')))
  t.is(ids.length, 120)
  t.deepEqual(
    ids,
    [...ids].sort((a, b) => a - b),
  )
  t.is((await list('?page_size=10')).length, 120)
  t.is((await list('?page=0')).length, 100)
  t.is((await list('?page=1')).length, 20)
  t.is((await list('?page=2&page_size=50')).length, 20)
  t.is((await list('?name=m11')).length, 11)
  t.is((await list('?monitor_tags=a:b,c:d')).length, 60)
  t.is((await list('?tags=host:h119')).length, 1)
  const seen: number[] = []
  for (let offset = 0; ; offset = seen.at(-1) ?? 0) {
    const page = await list(`?id_offset=${offset}&page_size=50`)
    if (page.length === 0) break
    seen.push(...page.map((item) => Number(pick(item, 'id'))))
  }
  t.deepEqual(seen, ids)
  for (const query of ['?page=x', '?page_size=0&page=0', '?page=-1'])
    t.is((await call(account, 'GET', `${path}${query}`)).status, 400)
})
