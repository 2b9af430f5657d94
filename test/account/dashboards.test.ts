import test from 'ava'
import { listOf } from '../../scripts/lib/_helpers/json.ts'
import { call, dashboard, errorsOf, pick, start, timeseries } from './_account.ts'

const path = '/api/v1/dashboard'

test('a dashboard comes back with what the server adds, its keys in another order', async (t) => {
  const account = await start(t)
  const group = { definition: { type: 'group', layout_type: 'ordered', title: 'G', widgets: [timeseries('avg:a{*}')] } }
  const sent = dashboard({
    template_variables: [{ name: 'host', prefix: 'host', defaults: ['web'] }],
    widgets: [group],
  })
  const { status, body } = await call(account, 'POST', path, sent)
  t.is(status, 200)
  const id = String(pick(body, 'id'))
  t.regex(id, /^[a-z0-9]{3}-[a-z0-9]{3}-[a-z0-9]{3}$/)
  t.like(body as object, {
    title: 'A box',
    layout_type: 'ordered',
    description: null,
    notify_list: [],
    restricted_roles: [],
    template_variable_presets: [],
    is_read_only: false,
    tags: [],
    url: `/dashboard/${id}/a-box`,
    created_at: '2026-11-23T10:00:00.000000+00:00',
    modified_at: '2026-11-23T10:00:00.000000+00:00',
    template_variables: [{ available_values: [], defaults: ['web'], name: 'host', prefix: 'host' }],
  })
  const ids = [pick(body, 'widgets.0.id'), pick(body, 'widgets.0.definition.widgets.0.id')]
  t.true(ids.every(Number.isSafeInteger))
  t.is(new Set(ids).size, 2)
  const keys = Object.keys(Object(pick(body, 'widgets.0.definition.widgets.0.definition')))
  t.deepEqual(keys, ['requests', 'title', 'type'])
  t.deepEqual((await call(account, 'GET', `${path}/${id}`)).body, body)
  t.deepEqual(account.state().dashboards[id], body)
})

test('null is the same as not given', async (t) => {
  const account = await start(t)
  const { body } = await call(
    account,
    'POST',
    path,
    dashboard({ tags: null, notify_list: null, template_variables: null }),
  )
  t.like(body as object, { tags: [], notify_list: [], template_variables: [], description: null })
})

test('an update replaces everything, keeps the id, the time of creation and the widgets’ numbers', async (t) => {
  let time = new Date('2026-11-23T10:00:00Z')
  const account = await start(t, { clock: () => time })
  const { body: first } = await call(account, 'POST', path, dashboard({ description: 'old', tags: ['team:a'] }))
  time = new Date('2026-11-24T10:00:00Z')
  const widgets = [...listOf(pick(first, 'widgets')), timeseries('avg:b{*}')]
  const { status, body } = await call(
    account,
    'PUT',
    `${path}/${pick(first, 'id')}`,
    dashboard({ title: 'New', widgets }),
  )
  t.is(status, 200)
  t.like(body as object, { id: pick(first, 'id'), created_at: pick(first, 'created_at'), description: null, tags: [] })
  t.is(pick(body, 'modified_at'), '2026-11-24T10:00:00.000000+00:00')
  t.is(pick(body, 'widgets.0.id'), pick(first, 'widgets.0.id'))
  t.is(typeof pick(body, 'widgets.1.id'), 'number')
})

test('what the server answers may be sent back as it is', async (t) => {
  const account = await start(t)
  const { body } = await call(account, 'POST', path, dashboard())
  const again = await call(account, 'PUT', `${path}/${pick(body, 'id')}`, body)
  t.deepEqual(again.body, body)
})

test('a deleted dashboard is gone, and an unknown one was never there', async (t) => {
  const account = await start(t)
  const { body } = await call(account, 'POST', path, dashboard())
  const one = `${path}/${pick(body, 'id')}`
  t.deepEqual((await call(account, 'DELETE', one)).body, { deleted_dashboard_id: pick(body, 'id') })
  for (const [method, sent] of [['GET'], ['DELETE'], ['PUT', dashboard()]] as const)
    t.is((await call(account, method, one, sent)).status, 404, method)
})

test('the list has summaries, and pages of a hundred', async (t) => {
  const account = await start(t)
  for (let index = 0; index < 105; index++) account.add('dashboards', { title: `d${index}`, widgets: [] })
  const page = async (query: string) => listOf(pick((await call(account, 'GET', `${path}${query}`)).body, 'dashboards'))
  t.is((await page('')).length, 100)
  t.is((await page('?start=100')).length, 5)
  t.deepEqual(
    (await page('?count=2&start=1')).map((item) => pick(item, 'title')),
    ['d1', 'd2'],
  )
  t.deepEqual(await page('?filter[deleted]=true'), [])
  t.deepEqual(Object.keys(Object((await page(''))[0])).sort(), [
    'author_handle',
    'created_at',
    'description',
    'id',
    'is_read_only',
    'layout_type',
    'modified_at',
    'title',
    'url',
  ])
  t.is((await call(account, 'GET', `${path}?count=x`)).status, 400)
})

test('what the documentation forbids is refused with its path', async (t) => {
  const account = await start(t)
  const layout = { x: 0, y: 0, width: 4, height: 2 }
  const placed = { ...timeseries('avg:a{*}'), layout }
  const one = 'widgets[0].definition.requests[0]'
  const two = { data_source: 'metrics', name: 'query1', query: 'avg:a{*}' }
  const cases: [Record<string, unknown>, RegExp][] = [
    [{ widgts: [] }, /^widgts: unknown field, did you mean widgets/],
    [{ title: ' ' }, /^title: /],
    [{ layout_type: 'grid' }, /^layout_type: expected one of ordered, free/],
    [{ tags: ['env:prod'] }, /^tags: only team:/],
    [{ tags: ['a', 'b', 'c', 'd', 'e', 'f'].map((team) => `team:${team}`) }, /^tags: at most 5/],
    [{ template_variables: [{ name: 'a' }, { name: 'a' }] }, /^template_variables: two have the name a/],
    [{ template_variables: [{ name: 'a', default: 'x', defaults: ['x'] }] }, /both default and defaults/],
    [{ tabs: [{ id: 'a', name: 'a', widget_ids: ['@2'] }] }, /^tabs\[0\]\.widget_ids\[0\]: expected a widget/],
    [{ widgets: [timeseries('avg:a{*')] }, /queries\[0\]\.query: .*expected a scope/],
    [
      { widgets: [timeseries('avg:a{*}', "anomalies(query2, 'basic', 2)")] },
      /formulas\[0\]\.formula: there is no query query2/,
    ],
    [{ widgets: [timeseries('avg:a{*}', "anomalies(query1, 'basic', 2")] }, /formulas\[0\]\.formula: /],
    [{ widgets: [{ definition: { type: 'timeseries', requests: [{ q: 'avg:a' }] } }] }, /requests\[0\]\.q: /],
    [
      { widgets: [{ definition: { type: 'timeseries', requests: [{ queries: [two, two] }] } }] },
      /two queries have the name/,
    ],
    [
      { widgets: [{ definition: { type: 'timeseries', requests: [] } }] },
      /^widgets\[0\]\.definition\.requests: at least one is required$/,
    ],
    [
      { widgets: [{ definition: { type: 'query_value', requests: [] } }] },
      /^widgets\[0\]\.definition\.requests: expected an array of 1, found one of 0$/,
    ],
    [
      { widgets: [{ definition: { type: 'query_value', requests: [{ q: 'avg:a{*}' }, { q: 'avg:b{*}' }] } }] },
      /^widgets\[0\]\.definition\.requests: expected an array of 1, found one of 2$/,
    ],
    [{ reflow_type: 'fixed' }, /^widgets\[0\]: a layout is required/],
    [{ reflow_type: 'auto', widgets: [placed] }, /^widgets\[0\]: no layout is allowed/],
    [{ layout_type: 'free' }, /^widgets\[0\]: a layout is required/],
    [{ layout_type: 'free', reflow_type: 'fixed', widgets: [placed] }, /^reflow_type: /],
  ]
  for (const [extra, message] of cases) {
    const answer = await call(account, 'POST', path, dashboard(extra))
    t.is(answer.status, 400, String(message))
    t.is(errorsOf(answer).length, 1, errorsOf(answer).join('\n'))
    t.regex(errorsOf(answer)[0] ?? '', message)
  }
  const nested = { definition: { type: 'group', layout_type: 'ordered', widgets: [timeseries('avg:a')] } }
  const inner = errorsOf(await call(account, 'POST', path, dashboard({ widgets: [nested] })))
  t.true(inner[0]?.startsWith(`widgets[0].definition.${one}.queries[0].query: `), inner[0])
  t.deepEqual(account.state().dashboards, {})
})

test('an update is checked as a new one is', async (t) => {
  const account = await start(t)
  const { body } = await call(account, 'POST', path, dashboard())
  t.is((await call(account, 'PUT', `${path}/${pick(body, 'id')}`, dashboard({ tags: ['x'] }))).status, 400)
  t.deepEqual(account.state().dashboards[String(pick(body, 'id'))], body)
})

test('as many requests as the specification allows, and any number where it says nothing', async (t) => {
  const account = await start(t)
  const q = 'avg:a{*}'
  const widgets = [
    { definition: { type: 'timeseries', requests: [{ q }, { q }] } },
    { definition: { type: 'query_value', requests: [{ q }] } },
    { definition: { type: 'toplist', requests: [] } },
    { definition: { type: 'note', content: 'words' } },
  ]
  t.is((await call(account, 'POST', path, dashboard({ widgets }))).status, 200)
})

test('declared template variables, and every kind of layout', async (t) => {
  const account = await start(t)
  const layout = { x: 0, y: 0, width: 4, height: 2 }
  const placed = { ...timeseries('avg:a{*}'), layout }
  for (const extra of [
    { template_variables: [{ name: 'host' }], widgets: [timeseries('avg:a{$host} by {host}', 'query1 * 2')] },
    { reflow_type: 'fixed', widgets: [placed] },
    { reflow_type: 'auto' },
    { widgets: [placed, timeseries('avg:a{*}')] },
    { layout_type: 'free', widgets: [placed] },
  ])
    t.is((await call(account, 'POST', path, dashboard(extra))).status, 200)
})
