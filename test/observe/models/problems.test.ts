import test from 'ava'
import fc from 'fast-check'
import { modelProblems, type Problem } from '../../../scripts/lib/observe/models/problems.ts'
import { checkMonitor, dashboard, downtime, monitor, timeseries } from '../../account/_account.ts'

const paths = (problems: readonly Problem[]): string[] => problems.map(({ path }) => path)
const inDashboard = (...widgets: unknown[]): Problem[] => modelProblems('Dashboard', 'v1', dashboard({ widgets }))

const grouped = (widget: unknown): unknown => ({
  definition: { type: 'group', layout_type: 'ordered', title: 'A group', widgets: [widget] },
})

test('what the client’s models allow has no problems', (t) => {
  t.deepEqual(modelProblems('Dashboard', 'v1', dashboard()), [])
  t.deepEqual(modelProblems('Monitor', 'v1', monitor()), [])
  t.deepEqual(modelProblems('Monitor', 'v1', checkMonitor()), [])
  t.deepEqual(modelProblems('MonitorUpdateRequest', 'v1', { name: 'x', priority: null }), [])
  t.deepEqual(modelProblems('DowntimeCreateRequest', 'v2', downtime()), [])
  t.deepEqual(modelProblems('DowntimeCreateRequest', 'v2', downtime({ schedule: { end: '2026-12-01T00:00:00Z' } })), [])
})

test('every widget that the dashboards use is known, in a group and outside', (t) => {
  const query = { data_source: 'metrics', name: 'q', query: 'avg:a{*}' }
  const widgets = [
    timeseries('avg:a{*}'),
    { definition: { type: 'note', content: 'x', background_color: 'white', font_size: '14', has_padding: true } },
    {
      definition: {
        type: 'check_status',
        check: 'c',
        grouping: 'cluster',
        group_by: ['host'],
        tags: ['a:b'],
        title: 'x',
      },
    },
    {
      definition: {
        type: 'query_value',
        precision: 1,
        autoscale: true,
        requests: [
          {
            response_format: 'scalar',
            queries: [{ ...query, aggregator: 'last' }],
            formulas: [{ formula: 'q' }],
            conditional_formats: [{ comparator: '>', value: 800, palette: 'white_on_red' }],
          },
        ],
      },
      layout: { x: 0, y: 0, width: 2, height: 2 },
    },
    {
      definition: {
        type: 'toplist',
        requests: [
          { response_format: 'scalar', queries: [{ ...query, aggregator: 'avg' }], formulas: [{ formula: 'q' }] },
        ],
        time: { live_span: '1h' },
      },
    },
    {
      definition: {
        type: 'timeseries',
        requests: [
          { q: 'avg:a{*}', display_type: 'bars', style: { palette: 'cool', line_type: 'solid', line_width: 'thin' } },
        ],
        markers: [{ value: 'y > 800', display_type: 'error dashed', label: 'critical' }],
        yaxis: { include_zero: true, min: '0', max: 'auto', scale: 'linear' },
      },
    },
  ]
  t.deepEqual(inDashboard(...widgets), [])
  t.deepEqual(inDashboard(...widgets.map(grouped)), [])
})

test('an unknown field is told with its path at any depth, and what was probably meant', (t) => {
  const widget = {
    definition: { ...(timeseries('avg:a{*}').definition as object), requests: [{ q: 'avg:a{*}', foo: 1 }] },
  }
  t.deepEqual(inDashboard(timeseries('avg:a{*}'), timeseries('avg:a{*}'), widget), [
    { path: 'widgets[2].definition.requests[0].foo', message: 'unknown field', maybe: 'field' },
  ])
  t.deepEqual(paths(inDashboard(grouped(widget))), ['widgets[0].definition.widgets[0].definition.requests[0].foo'])
  t.deepEqual(modelProblems('Dashboard', 'v1', dashboard({ template_variable: [] })), [
    { path: 'template_variable', message: 'unknown field, did you mean template_variables?' },
  ])
  t.deepEqual(paths(modelProblems('Monitor', 'v1', monitor({ options: { thresholds: { crit: 1 } } }))), [
    'options.thresholds.crit',
  ])
  t.deepEqual(paths(modelProblems('Monitor', 'v1', monitor({ 'a b': 1, constructor: 1 }))), ['["a b"]', 'constructor'])
})

test('names of the client’s own style are unknown to the API', (t) => {
  const { layout_type, ...rest } = dashboard()
  t.deepEqual(paths(modelProblems('Dashboard', 'v1', { ...rest, layoutType: layout_type })), [
    'layoutType',
    'layout_type',
  ])
})

test('a value outside an enum is told where it stands, with what is allowed', (t) => {
  const [problem, ...more] = inDashboard({
    definition: { type: 'timeseries', requests: [{ q: 'avg:a{*}', display_type: 'lines' }] },
  })
  t.deepEqual(more, [])
  t.is(problem?.path, 'widgets[0].definition.requests[0].display_type')
  t.regex(problem?.message ?? '', /area, .*bars.*found "lines"/)
  t.deepEqual(paths(modelProblems('Monitor', 'v1', monitor({ type: 'metrical' }))), ['type'])
})

test('an unknown type of widget is told at the type, not as a widget of every kind', (t) => {
  const [problem, ...more] = inDashboard({ definition: { type: 'timeserie', requests: [] } })
  t.deepEqual(more, [])
  t.is(problem?.path, 'widgets[0].definition.type')
  t.regex(problem?.message ?? '', /timeseries.*found "timeserie"/)
  t.deepEqual(paths(inDashboard({ definition: { requests: [] } })), ['widgets[0].definition.type'])
})

test('a query of another data source is judged by that source', (t) => {
  const widget = (query: unknown): unknown => ({
    definition: { type: 'timeseries', requests: [{ response_format: 'timeseries', queries: [query] }] },
  })
  const at = 'widgets[0].definition.requests[0].queries[0]'
  t.deepEqual(paths(inDashboard(widget({ data_source: 'metrics', name: 'q' }))), [`${at}.query`])
  t.deepEqual(paths(inDashboard(widget({ data_source: 'metric', name: 'q', query: 'x' }))), [`${at}.data_source`])
  t.deepEqual(paths(inDashboard(widget({ data_source: 'metrics', name: 1, query: 'x' }))), [`${at}.name`])
})

test('missing fields and wrong types', (t) => {
  t.deepEqual(paths(modelProblems('Dashboard', 'v1', {})), ['layout_type', 'title', 'widgets'])
  t.deepEqual(paths(modelProblems('Dashboard', 'v1', dashboard({ title: null }))), ['title'])
  t.deepEqual(paths(inDashboard(null, {}, 'x')), ['widgets[0]', 'widgets[1].definition', 'widgets[2]'])
  t.deepEqual(modelProblems('Dashboard', 'v1', dashboard({ widgets: {}, tags: [1] })), [
    { path: 'widgets', message: 'expected an array, found an object' },
    { path: 'tags[0]', message: 'expected a string, found a number' },
  ])
  t.deepEqual(modelProblems('Monitor', 'v1', []), [{ path: '', message: 'expected an object, found an array' }])
  t.deepEqual(paths(modelProblems('Monitor', 'v1', monitor({ priority: 1.5 }))), ['priority'])
  t.deepEqual(paths(modelProblems('Monitor', 'v1', monitor({ options: { silenced: { '*': 'x' } } }))), [
    'options.silenced["*"]',
  ])
})

test('a list of exactly one, as the requests of a single value, is refused with two', (t) => {
  const request = { q: 'avg:a{*}' }
  t.deepEqual(inDashboard({ definition: { type: 'query_value', requests: [request, request] } }), [
    { path: 'widgets[0].definition.requests', message: 'expected an array of 1, found one of 2' },
  ])
})

test('a downtime’s monitor is told by number or by tags, never both, and its schedule in one of two forms', (t) => {
  const at = 'data.attributes'
  const check = (extra: Record<string, unknown>): string[] =>
    paths(modelProblems('DowntimeCreateRequest', 'v2', downtime(extra)))
  t.is(check({ monitor_identifier: { monitor_id: 1, monitor_tags: ['a'] } }).length, 1)
  t.deepEqual(check({ monitor_identifier: {} }), [`${at}.monitor_identifier.monitor_id`])
  t.deepEqual(check({ monitor_identifier: undefined }), [`${at}.monitor_identifier`])
  t.deepEqual(check({ schedule: { timezone: 'UTC', recurrences: [{ duration: 1, foo: 1 }] } }), [
    `${at}.schedule.recurrences[0].foo`,
    `${at}.schedule.recurrences[0].rrule`,
    `${at}.schedule.recurrences[0].duration`,
  ])
  t.deepEqual(check({ schedule: { end: 'tomorrow' } }), [`${at}.schedule.end`])
  t.deepEqual(check({ notify_end_states: ['warning'] }), [`${at}.notify_end_states[0]`])
})

test('what the client cannot tell apart is refused, though nothing in it is wrong by itself', (t) => {
  const update = (schedule: unknown) => ({ data: { type: 'downtime', id: 'x', attributes: { schedule } } })
  t.deepEqual(modelProblems('DowntimeUpdateRequest', 'v2', update({})), [
    { path: '', message: 'the official client cannot read this as DowntimeUpdateRequest' },
  ])
  t.deepEqual(modelProblems('DowntimeUpdateRequest', 'v2', update({ timezone: 'UTC' })), [])
})

test('a field that is undefined is not there', (t) => {
  t.deepEqual(modelProblems('Monitor', 'v1', monitor({ foo: undefined, priority: undefined })), [])
  t.deepEqual(paths(modelProblems('Monitor', 'v1', monitor({ query: undefined }))), ['query'])
})

test('nesting without end is refused and does not exhaust the stack', (t) => {
  let widget: unknown = timeseries('avg:a{*}')
  for (let depth = 0; depth < 5000; depth++) widget = grouped(widget)
  const [problem] = inDashboard(widget)
  t.regex(problem?.message ?? '', /nested more than 64 deep/)
})

test('any JSON gets an answer, and none but an object is accepted', (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom('Dashboard', 'Monitor'), (json, model) => {
      t.true(modelProblems(model, 'v1', json).length > 0)
      t.true(modelProblems('Dashboard', 'v1', dashboard({ widgets: [json] })).length > 0)
      t.true(modelProblems('Dashboard', 'v1', dashboard({ widgets: [{ definition: json }] })).length > 0)
    }),
  )
})
