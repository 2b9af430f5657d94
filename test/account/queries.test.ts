import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { mustacheProblems } from '../../lab/account/mustache.ts'
import { parseFormula, parseQuery } from '../../lab/account/queries/expression.ts'
import { checkBalance, parseCheckCondition, parseMetricCondition } from '../../lab/account/queries/monitor.ts'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'

const refused = (t: ExecutionContext, parse: (text: string) => unknown, text: string): void => {
  const error = t.throws(() => parse(text), { instanceOf: BoxhoundError }, text)
  t.is(error?.code, 'E_QUERY', text)
}

test('queries of metrics that Datadog takes', (t) => {
  for (const query of [
    'avg:my_metric{*}',
    'avg:my_metric{host:web}',
    'sum:my_metric{*}.rollup(sum, 3600)',
    'sum:my_metric{*} by {host,production_type}.as_count().rollup(sum,60)',
    'avg:system.cpu.user{!env:prod,host:$host.value} by {host}',
    'p95:trace.flask.request{env:x AND (service:a OR service:b)}',
    'avg:a{service IN (a, b)} by {$group}',
    "anomalies(avg:mysql.performance.cpu_time{*}, 'basic', 2)",
    "anomalies(avg:a{*} by {host}, 'agile', 3.5, direction='both', interval=60, alert_window='last_15m')",
    "top(avg:a{*} by {host}, 10, 'mean', 'desc')",
    '100 * avg:a{*} / (avg:b{*} + 1) - -2',
    'default_zero(per_second(sum:trace.flask.request.hits{*}.as_count()))',
    'timeshift(avg:a{*}, -3600)',
    ' avg:a{*} ',
  ])
    t.notThrows(() => parseQuery(query), query)
})

test('queries that it does not take', (t) => {
  for (const query of [
    '',
    'my_metric{*}',
    'avg:my_metric',
    'avg:my_metric{}',
    'avg:my_metric{*',
    'avg:my_metric{host}',
    "avg:my_metric{host:'web'}",
    'avg:my_metric{host:web,}',
    'avg:my_metric{(a:b AND c:d}',
    'avg:{*}',
    'mean:a{*}',
    'avg:a{*} by {}',
    'avg:a{*} by {host:web}',
    'avg:a{*}.rollup()',
    'avg:a{*}.rollup(sum, x)',
    'avg:a{*}.rollup(sum, 1, 2)',
    'avg:a{*}.roll(sum)',
    'avg:a{*}.as_count(1)',
    'avg:a{*} avg:b{*}',
    'avg:a{*} +',
    '(avg:a{*}',
    'avg:a{*})',
    "anomalies(avg:a{*}, 'basic', 2",
    'anomalies(avg:a{*}, basic, 2)',
    "anomalies(avg:a{*}, 'simple', 2)",
    "anomalies(avg:a{*}, 'basic')",
    "anomalies(avg:a{*}, 'basic', 0)",
    "anomalies('basic', 2)",
    "anomalies(avg:a{*}, 'basic, 2)",
    'anomaly(avg:a{*})',
    'avg(avg:a{*})',
    'query1',
    `${'('.repeat(10_000)}avg:a{*}`,
  ])
    refused(t, parseQuery, query)
})

test('metric, template variables and groups of a query', (t) => {
  t.deepEqual(parseQuery('avg:a.b{host:$host.value,$env} by {host,$group} / sum:c{*}').queries, [
    { metric: 'a.b', variables: ['host', 'env', 'group'], groups: ['host', '$group'] },
    { metric: 'c', variables: [], groups: [] },
  ])
})

test('a formula names queries', (t) => {
  t.deepEqual(parseFormula("anomalies(query1, 'basic', 2)").names, ['query1'])
  t.deepEqual(parseFormula('(a + b) / 2 * clamp_min(c, 0)').names, ['a', 'b', 'c'])
  for (const formula of ['', 'a +', 'a b', 'anomalies(a)', 'avg:a{*}', 'nothing(a)', "anomalies(a, 'basic', 2"])
    refused(t, parseFormula, formula)
})

test('the condition of a metric monitor', (t) => {
  t.deepEqual(parseMetricCondition('avg(last_5m):avg:my_metric{*} by {host} > 800'), {
    window: 5,
    operator: '>',
    threshold: 800,
    groups: ['host'],
  })
  const anomaly = "avg(last_4h):anomalies(avg:a{*}, 'basic', 2, direction='both', interval=60) >= 0.75"
  t.deepEqual(parseMetricCondition(anomaly), { window: 240, operator: '>=', threshold: 0.75, groups: [] })
  t.is(parseMetricCondition('change(avg(last_1d),last_5m):sum:a{*}<-1e3').threshold, -1000)
  for (const query of [
    'avg:my_metric{*} > 800',
    'avg(last_5m):avg:my_metric{*}',
    'avg(last_5m):avg:my_metric{*} > x',
    'avg(last_5m):avg:my_metric{*} => 8',
    'avg(last_0m):avg:my_metric{*} > 8',
    'avg(last_20000m):avg:my_metric{*} > 8',
    'avg(last_5x):avg:my_metric{*} > 8',
    'mean(last_5m):avg:my_metric{*} > 8',
    'avg(last_5m):avg:my_metric > 8',
    'avg(last_5m):5 > 8',
    "avg(last_4h):anomalies(avg:a{*}, 'robust, 2) >= 1",
  ])
    refused(t, parseMetricCondition, query)
})

test('the condition of a service check', (t) => {
  const parsed = { check: 'http.can_connect', scope: ['a:b', 'c:d'], groups: ['host'], last: 4 }
  t.deepEqual(parseCheckCondition('"http.can_connect".over("a:b","c:d").by("host").last(4).count_by_status()'), parsed)
  t.deepEqual(parseCheckCondition('"http.can_connect".over("a:b", "c:d").last(4).by("host").count_by_status()'), parsed)
  t.deepEqual(parseCheckCondition('"a".over("*").by("*").last(2).count_by_status()').groups, [])
  for (const query of [
    'http.can_connect.over("*").by("host").last(4).count_by_status()',
    '"a".over().by("host").last(4).count_by_status()',
    '"a".over("").by("host").last(4).count_by_status()',
    '"a".over("*").last(4).count_by_status()',
    '"a".over("*").by("host").last(0).count_by_status()',
    '"a".over("*").by("host").last(101).count_by_status()',
    '"a".over("*").by("host").last(4)',
    '"a".over(\'*\').by("host").last(4).count_by_status()',
  ])
    refused(t, parseCheckCondition, query)
})

test('of other queries, quotes and brackets are checked', (t) => {
  t.notThrows(() => checkBalance('logs("status:error (").index("*").rollup("count").last("5m") > 10'))
  for (const query of ['logs("x', 'a(b', 'a)b', '(a]']) refused(t, checkBalance, query)
})

test('no text is too strange for a parser', (t) => {
  const part = fc.constantFrom(
    'avg:',
    'a',
    '{*}',
    '{',
    '}',
    '(',
    ')',
    "'",
    '"',
    ',',
    '+',
    '-',
    '/',
    '1',
    ' by ',
    '.rollup(',
    'top(',
    '=',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(text, (query) => {
      for (const parse of [parseQuery, parseFormula, parseMetricCondition, parseCheckCondition, checkBalance])
        try {
          parse(query)
        } catch (error) {
          t.true(error instanceof BoxhoundError && error.code === 'E_QUERY')
        }
      t.true(Array.isArray(mustacheProblems(query)))
    }),
  )
  t.pass()
})

test('sections of a message are known, closed, and within each other', (t) => {
  const good = [
    '',
    'plain {{value}} {{host.name}}',
    '{{#is_alert}}a{{/is_alert}}{{#is_no_data}}b{{/is_no_data}}',
    '{{#is_match "host.name" "a" "b"}}{{#is_warning}}x{{/is_warning}}{{/is_match}}{{^is_alert}}y{{/is_alert}}',
  ]
  for (const message of good) t.deepEqual(mustacheProblems(message), [], message)
  t.deepEqual(mustacheProblems('{{#is_alert}}a'), ['{{#is_alert}} is never closed'])
  t.deepEqual(mustacheProblems('a{{/is_alert}}'), ['{{/is_alert}} closes nothing'])
  t.deepEqual(mustacheProblems('{{#is_alert}}a{{/is_warning}}'), ['{{/is_warning}} closes {{#is_alert}}'])
  t.deepEqual(mustacheProblems('{{#is_alarm}}a{{/is_alarm}}'), [
    'unknown section {{#is_alarm}}',
    'unknown section {{/is_alarm}}',
  ])
  for (const message of ['{{value}', '{{value', 'value}}', '{{}}']) t.is(mustacheProblems(message).length, 1, message)
})
