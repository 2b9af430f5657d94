import test from 'ava'
import { evaluate } from '../../../scripts/lib/observe/show/formula.ts'
import type { Series } from '../../../scripts/lib/observe/show/page-data.ts'
import { readRequest } from '../../../scripts/lib/observe/show/request.ts'

const series = (value: number, ...tags: string[]): Series => ({
  tags,
  points: [
    [0, value],
    [60, value * 2],
  ],
})

const queries = new Map([
  ['a', [series(6)]],
  ['b', [series(3)]],
  ['zero', [series(0)]],
  ['many', [series(1, 'x:1'), series(2, 'x:2')]],
  ['others', [series(10, 'x:2'), series(20, 'x:3')]],
])

const first = (formula: string): number | undefined => evaluate(formula, queries)?.series[0]?.points[0]?.[1]

test('formulas are computed with the usual order of operations', (t) => {
  t.is(first('a'), 6)
  t.is(first('a + b * 2'), 12)
  t.is(first('(a + b) * 2'), 18)
  t.is(first('a - b - 1'), 2)
  t.is(first('100 - a'), 94)
  t.is(first('-a / b'), -2)
  t.is(first('12 / a'), 2)
  t.is(first('a / b * 100'), 200)
})

test('a division by nothing leaves a gap', (t) => {
  t.deepEqual(evaluate('a / zero', queries)?.series[0]?.points, [])
})

test('one series meets every other, several meet by their tags', (t) => {
  const tagsOf = (formula: string) =>
    evaluate(formula, queries)?.series.map(({ tags, points }) => [...tags, points[0]?.[1]])
  t.deepEqual(tagsOf('many * b'), [
    ['x:1', 3],
    ['x:2', 6],
  ])
  t.deepEqual(tagsOf('a - many'), [
    ['x:1', 5],
    ['x:2', 4],
  ])
  t.deepEqual(tagsOf('many + others'), [['x:2', 12]])
})

test('anomalies are told with their width, other functions keep their first argument', (t) => {
  t.like(evaluate("anomalies(a, 'basic', 2)", queries), { bounds: 2, query: 'a' })
  t.like(evaluate('anomalies(a, "robust", 3.5)', queries), { bounds: 3.5 })
  t.is(evaluate('a', queries)?.bounds, undefined)
  t.is(first('default_zero(a)'), 6)
  t.is(evaluate('a * 2', queries)?.query, undefined)
})

test('what is no formula is undefined', (t) => {
  for (const formula of [
    '',
    '+',
    'a +',
    '(a',
    'a)',
    'c',
    'a b',
    '1 + 1',
    'a ? b',
    `${'('.repeat(99_999)}a`,
    'f()',
    "'x'",
  ])
    t.is(first(formula), undefined, formula.slice(0, 20))
})

test('a request of the old form has its anomalies, too', (t) => {
  const { queries: named, formulas } = readRequest({ q: "anomalies(avg:mysql.performance.cpu_time{*}, 'basic', 2)" })
  t.deepEqual([...named], [['query1', 'avg:mysql.performance.cpu_time{*}']])
  t.deepEqual(formulas, [{ formula: "anomalies(query1, 'basic', 2)" }])
  t.deepEqual(readRequest({ q: 'avg:a{*}' }).formulas, [{ formula: 'query1' }])
})
