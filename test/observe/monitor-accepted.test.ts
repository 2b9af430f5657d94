import test from 'ava'
import fc from 'fast-check'
import { monitorProblems } from '../../lab/account/monitor-rules.ts'
import { modelProblems } from '../../scripts/lib/observe/models/problems.ts'
import { type MonitorType, monitorTypes } from '../../scripts/lib/observe/monitor-types.ts'
import { monitorWire } from '../../scripts/lib/observe/monitors.ts'
import { monitor } from '../../scripts/lib/observe/schema-monitor.ts'
import { labBox } from './_observe.ts'

Error.stackTraceLimit = 2

const queries: Readonly<Record<string, readonly string[]>> = {
  metric: [
    'avg(last_5m):avg:m{*}',
    'avg(last_5m):avg:m{*} by {host}',
    'max(last_10m):sum:m{*} by {host,env}.as_count()',
    'change(avg(last_5m),last_1h):avg:m{*}',
    'pct_change(avg(last_5m),last_1h):avg:m{*} by {host}',
    "avg(last_1h):anomalies(avg:m{*}, 'basic', 2, direction='above', alert_window='last_15m', interval=60)",
    "avg(last_1h):anomalies(avg:m{*} by {host}, 'agile', 3)",
    "avg(last_30m):outliers(avg:m{*} by {host}, 'DBSCAN', 3)",
    "max(next_1w):forecast(avg:m{*}, 'linear', 1, interval='60m', history='1w', model='default')",
  ],
  'log alert': [
    'logs("status:error").index("*").rollup("count").last("5m")',
    'logs("service:web").index("main").rollup("avg", "@duration").by("host,env").last("15m")',
  ],
  'slo alert': [
    'error_budget("0123456789abcdef").over("7d")',
    'burn_rate("0123").over("30d").long_window("1h").short_window("5m")',
  ],
  'event-v2 alert': ['events("source:deploy").rollup("count").by("host").last("1h")'],
  'rum alert': ['rum("@type:error").rollup("count").last("5m")'],
  'trace-analytics alert': ['trace-analytics("service:web").rollup("count").by("env").last("5m")'],
  'audit alert': ['audits("@asset.type:monitor").rollup("cardinality", "@user").last("5m")'],
  'ci-tests alert': ['ci-tests("@test.status:fail").rollup("count").last("5m")'],
  'ci-pipelines alert': ['ci-pipelines("@ci.status:error").rollup("count").last("5m")'],
  'error-tracking alert': [
    'error-tracking-rum("service:a").rollup("count").last("5m")',
    'error-tracking("x").rollup("count").last("5m")',
  ],
  'process alert': ['processes("java").over("env:a").by("host").rollup("count").last("10m")'],
  'service check': [
    '"a.b".over("*").by("host").last(4).count_by_status()',
    '"a.b".over("env:x").by("*").last(2).count_by_status()',
  ],
  composite: ['1 && !2', '(1 || 2)'],
}

const queriesOf = (type: MonitorType): readonly string[] =>
  queries[/^(?:metric|query) alert$/.test(type) ? 'metric' : type] ?? ['x("y").last("5m")']

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const number = fc.constantFrom(0, 0.1, 0.5, 0.9, 1, 2, 5, 10)
const window = fc.constantFrom('last_5m', 'last_15m', 'last_30m', 'last_1h')
const limit = fc.record({
  critical: number,
  warning: maybe(number),
  critical_recovery: maybe(number),
  warning_recovery: maybe(number),
})

const options = fc.record(
  {
    on_missing_data: fc.constantFrom('default', 'show_no_data', 'show_and_notify_no_data', 'resolve'),
    new_group_delay: fc.constantFrom(-1, 0, 60),
    new_host_delay: fc.constantFrom(0, 300, null),
    renotify_interval: fc.constantFrom(0, 10, null),
    renotify_occurrences: fc.constantFrom(0, 3),
    renotify_statuses: fc.constantFrom(['alert'], [], ['no data']),
    escalation_message: fc.constantFrom('', 'again'),
    timeout_h: fc.constantFrom(0, 24, 25, 1.5),
    evaluation_delay: fc.constantFrom(0, 300),
    group_retention_duration: fc.constantFrom('30m', '60m', '2d', '4d', 'x'),
    groupby_simple_monitor: fc.boolean(),
    enable_logs_sample: fc.boolean(),
    enable_samples: fc.boolean(),
    notify_by: fc.constantFrom(['*'], ['host'], ['region'], []),
    locked: fc.boolean(),
    threshold_windows: fc.record({ trigger_window: window, recovery_window: window }, { requiredKeys: [] }),
    require_full_window: fc.boolean(),
    scheduling_options: fc.constantFrom(
      { evaluation_window: { hour_starts: 0 } },
      { evaluation_window: { day_starts: '04:00', month_starts: 1 } },
      { evaluation_window: { day_starts: '04:00' } },
    ),
  },
  { requiredKeys: [] },
)

const writtenAs = (type: MonitorType) => {
  const own = queriesOf(type)
  return fc.record(
    {
      name: fc.constant('n'),
      type: fc.constant(type),
      query: fc.constantFrom(...own),
      above: limit,
      at_least: limit,
      below: limit,
      at_most: limit,
      thresholds: fc.record({ critical: fc.constantFrom(1, 2, 5), ok: fc.constantFrom(1, 2) }),
      no_data: fc.constantFrom(2, 10, 120),
      restricted_roles: fc.constantFrom([], ['a']),
      message: fc.constant({ alert: 'a', warning: 'w', no_data: 'n', recovery: 'r' }),
      options,
    },
    { requiredKeys: ['name', 'type', 'query', 'message'] },
  )
}

/** With what only one in hundreds of random choices has: one comparison, or thresholds, and few options. */
const likelyAs = (type: MonitorType) =>
  fc
    .tuple(
      writtenAs(type),
      fc.constantFrom('above', 'at_least', 'below', 'at_most'),
      limit,
      fc.integer({ min: 0, max: 3 }),
    )
    .map(([one, side, own, count]) => {
      const { above: _, at_least: __, below: ___, at_most: ____, thresholds, options: many = {}, ...rest } = one
      const few = Object.fromEntries(Object.entries(many).slice(0, count))
      const windows = /anomalies/.test(one.query) ? { threshold_windows: many.threshold_windows } : {}
      if (one.type === 'composite') return { ...rest, options: few }
      if (one.type === 'service check') return { ...rest, thresholds: thresholds ?? { critical: 1 }, options: few }
      return { ...rest, [side]: own, options: { ...few, ...windows } }
    })

/** The least that a file of this type says. */
const plain = (type: MonitorType): object => {
  const [query = ''] = queriesOf(type)
  const limits =
    type === 'composite' ? {} : type === 'service check' ? { thresholds: { critical: 1 } } : { above: { critical: 1 } }
  return { name: 'n', type, query, message: { alert: 'a', warning: 'w', no_data: 'n', recovery: 'r' }, ...limits }
}

const defined = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('whatever a file may say of a monitor, the account takes', async (t) => {
  const { observe } = await labBox()
  const accepted = new Map<string, number>()
  const check = (one: unknown): void => {
    const read = monitor.safeParse(defined(one))
    if (!read.success) return
    const wire = monitorWire(read.data, undefined, observe)
    // What these cannot tell is told by the account when the plan asks it: how the query's window and the minutes without data go together.
    const told = monitorProblems(wire, new Set(['1', '2'])).filter(
      (problem) => !/^no_data_timeframe|^last\(\d\) must/.test(problem),
    )
    if (told.length > 0 || modelProblems('Monitor', 'v1', wire).length > 0)
      throw new Error(
        `${JSON.stringify(wire)}: ${told.join('; ')}${JSON.stringify(modelProblems('Monitor', 'v1', wire))}`,
      )
    accepted.set(read.data.type, (accepted.get(read.data.type) ?? 0) + 1)
  }
  // Each type begins with a plain one: few random choices suit an SLO's alert, and once in hundreds of runs none did.
  for (const type of monitorTypes) {
    const arbitrary = fc.oneof({ weight: 9, arbitrary: likelyAs(type) }, writtenAs(type))
    t.notThrows(
      () => fc.assert(fc.property<[unknown]>(arbitrary, check), { numRuns: 300, examples: [[plain(type)]] }),
      type,
    )
    // A rule that refuses all would make this test say nothing.
    t.true((accepted.get(type) ?? 0) > 0, `${type}: ${accepted.get(type)}`)
  }
})

const base = { name: 'n', type: 'query alert', message: { alert: 'a' } } as const
const wireOf = async (file: object) =>
  monitorWire(monitor.parse({ ...base, ...file }), undefined, (await labBox()).observe)

test('each comparison stands behind the query with its number', async (t) => {
  const query = 'avg(last_5m):avg:m{*}'
  for (const [side, sign] of Object.entries({ above: '>', at_least: '>=', below: '<', at_most: '<=' })) {
    const wire = await wireOf({ query, [side]: { critical: 3 } })
    t.is(wire.query, `${query} ${sign} 3`)
    t.like(wire.options, { thresholds: { critical: 3 } })
  }
})

test('all of a window that is unusual: at least 1', async (t) => {
  const wire = await wireOf({
    query: "avg(last_1h):anomalies(avg:m{*}, 'basic', 2)",
    at_least: { critical: 1, critical_recovery: 0 },
    options: { threshold_windows: { trigger_window: 'last_15m', recovery_window: 'last_15m' } },
  })
  t.regex(String(wire.query), / >= 1$/)
  t.deepEqual(monitorProblems(wire), [])
})

test('missing data is told in one way', async (t) => {
  const query = 'avg(last_5m):avg:m{*}'
  const told = await wireOf({ query, above: { critical: 1 }, options: { on_missing_data: 'resolve' } })
  t.deepEqual(told.options, { on_missing_data: 'resolve', thresholds: { critical: 1 } })
  const slo = await wireOf({ type: 'slo alert', query: 'error_budget("x").over("7d")', at_least: { critical: 75 } })
  t.deepEqual(slo.options, { thresholds: { critical: 75 } })
})

test('a composite has neither limits nor thresholds', async (t) => {
  const wire = await wireOf({ type: 'composite', query: '1 && 2' })
  t.deepEqual([wire.query, wire.options], ['1 && 2', { notify_no_data: false }])
})
