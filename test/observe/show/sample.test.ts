import test from 'ava'
import { projectAt } from '../../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../../scripts/lib/box/load.ts'
import { samplesOf } from '../../../scripts/lib/observe/samples.ts'
import { anomalyBand } from '../../../scripts/lib/observe/show/anomaly.ts'
import { quantityOf } from '../../../scripts/lib/observe/show/quantity.ts'
import { parseQuery } from '../../../scripts/lib/observe/show/query.ts'
import { rollUp, usualSize } from '../../../scripts/lib/observe/show/rollup.ts'
import { sampleSeries } from '../../../scripts/lib/observe/show/sample.ts'

const options = {
  now: new Date('2026-11-26T13:20:00Z'),
  hours: 24,
  host: 'lab',
  hints: { my_metric: { min: 0, max: 1000, interval: 45 } },
}

const values = (query: string, more = {}): number[] =>
  sampleSeries(query, { ...options, ...more }).flatMap(({ points }) => points.map(([, value]) => value))

test('a query is read into its parts', (t) => {
  t.deepEqual(parseQuery('sum:my_metric{host:lab, $env} by {host,env}.rollup(sum, 3600)'), {
    metric: 'my_metric',
    scope: ['host:lab', '$env'],
    by: ['host', 'env'],
    isCount: false,
    method: 'sum',
    seconds: 3600,
  })
  t.deepEqual(parseQuery('sum:a.hits{*}.as_count()'), { metric: 'a.hits', scope: ['*'], by: [], isCount: true })
  t.is(parseQuery('my_metric'), undefined)
})

test('the same question gets the same answer, another metric another one', (t) => {
  const query = 'avg:system.load.1{*} by {host}'
  t.deepEqual(sampleSeries(query, options), sampleSeries(query, options))
  t.notDeepEqual(values('avg:some.metric{*}'), values('avg:other.metric{*}'))
})

test('a metric with a hint takes whole numbers of its range, one every interval', (t) => {
  const raw = values('avg:my_metric{*}', { size: 45 })
  t.true(raw.length >= 1919 && raw.length <= 1920, String(raw.length))
  t.true(raw.every((value) => Number.isInteger(value) && value >= 0 && value <= 1000))
  const mean = raw.reduce((sum, value) => sum + value, 0) / raw.length
  t.true(mean > 470 && mean < 530, String(mean))
  t.true(Math.min(...raw) < 10 && Math.max(...raw) > 990)
})

test('hourly sums and counts are those of the very same values', (t) => {
  t.deepEqual(new Set(values('sum:my_metric{*}.rollup(count, 3600)')), new Set([80]))
  const raw = sampleSeries('avg:my_metric{*}', { ...options, size: 45 })[0]?.points ?? []
  const hours = sampleSeries('sum:my_metric{*}.rollup(sum, 3600)', options)[0]?.points ?? []
  t.is(hours.length, 23)
  const [start, sum] = hours[5] ?? [0, 0]
  const inside = raw.filter(([at]) => at >= start && at < start + 3600)
  t.is(inside.length, 80)
  t.is(
    sum,
    inside.reduce((all, [, value]) => all + value, 0),
  )
})

test('points lie in the window, in order, and a stretch that is not over has none', (t) => {
  const end = options.now.getTime() / 1000
  const points = sampleSeries('avg:system.load.1{*}', options)[0]?.points ?? []
  t.is(points.length, 288)
  t.true(points.every(([at], index) => index === 0 || at - (points[index - 1]?.[0] ?? 0) === 300))
  t.true((points[0]?.[0] ?? 0) >= end - 86_400 && (points.at(-1)?.[0] ?? end) + 300 <= end)
  t.is(sampleSeries('avg:a{*}.rollup(avg, 604800)', options)[0]?.points.length, 1)
})

test('groups have names: the host that was given, the one of the scope, kinds of production', (t) => {
  const tags = (query: string): string[] => sampleSeries(query, options).map((series) => series.tags.join())
  t.deepEqual(tags('avg:my_metric{*} by {host}'), ['host:lab'])
  t.deepEqual(tags('avg:my_metric{host:other} by {host}'), ['host:other'])
  t.deepEqual(tags('avg:my_metric{*}'), [''])
  t.deepEqual(tags('avg:my_metric{*} by {zone}'), ['zone:zone-a', 'zone:zone-b', 'zone:zone-c'])
  t.is(tags('sum:electricity.production{*} by {production_type}').length, 6)
  t.deepEqual(tags('avg:a{*} by {toString}'), ['toString:toString-a', 'toString:toString-b', 'toString:toString-c'])
})

test('shapes are plausible by name', (t) => {
  const within = (query: string, least: number, most: number): void => {
    const all = values(query)
    t.true(
      all.every((value) => value >= least && value <= most),
      `${query}: ${Math.min(...all)} to ${Math.max(...all)}`,
    )
  }
  for (const kind of ['user', 'system', 'idle', 'iowait', 'nice']) within(`avg:system.cpu.${kind}{*}`, 0, 100)
  within('avg:system.mem.usable{*}', 2 ** 29, 2 ** 31)
  within('avg:system.load.1{*}', 0, 3)
  within('avg:mysql.performance.threads_connected{*}', 0, 30)
  within('avg:mysql.net.connections{*}', 0, 30)
  within('avg:trace.flask.request.duration{*}', 0.0005, 0.05)
  within('sum:electricity.production{*} by {production_type}', 0, 60_000)
  within('sum:trace.flask.request.errors{*}.as_count()', 0, 20)
  within('avg:nobody.knows{*}', 0, 100)
})

const project = projectAt(process.cwd(), {})
const samples = samplesOf(await loadBox('lab', project), project)

test('a course of a folder’s preview.yaml counts before what every host has; a limit stays level', (t) => {
  const level = sampleSeries('avg:mysql.net.max_connections{*}', { ...options, samples })[0]?.points ?? []
  t.deepEqual([...new Set(level.map(([, value]) => value))], [50])
  const names = sampleSeries('avg:a{*} by {service}', { ...options, samples }).map(({ tags }) => tags.join())
  t.deepEqual(names, ['service:trial-app', 'service:mysql'])
  t.is(quantityOf('mysql.performance.cpu_time', samples.units), 'percent')
})

test('of the database’s CPU time one burst, and little else, is outside the expected range', (t) => {
  const points = sampleSeries('avg:mysql.performance.cpu_time{*}', { ...options, samples })[0]?.points ?? []
  const { outside, lower, upper } = anomalyBand(points, 2)
  t.is(lower.length, points.length)
  t.true(lower.every(([at, value], index) => upper[index]?.[0] === at && (upper[index]?.[1] ?? 0) > value))
  const ago = outside.map(([at]) => (options.now.getTime() / 1000 - at) / 3600)
  const burst = ago.filter((hours) => hours > 6.3 && hours < 7.7)
  t.true(burst.length >= 8, String(burst))
  t.true(ago.length - burst.length <= 6, String(ago))
})

test('a wider band leaves fewer points outside; a level line has none', (t) => {
  const points = sampleSeries('avg:mysql.performance.cpu_time{*}', { ...options, samples })[0]?.points ?? []
  t.true(anomalyBand(points, 1).outside.length > anomalyBand(points, 3).outside.length)
  t.deepEqual(anomalyBand([], 2).outside, [])
  t.deepEqual(
    anomalyBand(
      points.map(([at]) => [at, 5]),
      2,
    ).outside,
    [],
  )
})

test('points are joined by stretches that begin at multiples of their size', (t) => {
  const points = [
    [10, 1],
    [59, 3],
    [60, 10],
    [185, 7],
  ] as const
  t.deepEqual(rollUp(points, 'avg', 60), [
    [0, 2],
    [60, 10],
    [180, 7],
  ])
  t.deepEqual(rollUp(points, 'sum', 60)[0], [0, 4])
  t.deepEqual(rollUp(points, 'count', 60)[0], [0, 2])
  t.deepEqual(rollUp(points, 'max', 60)[0], [0, 3])
  t.is(usualSize(86_400), 300)
  t.is(usualSize(3600), 20)
})

test('the sun gives most at noon and nothing at night', (t) => {
  const solar = sampleSeries('sum:electricity.production{*} by {production_type}', options).find(({ tags }) =>
    tags.includes('production_type:solar'),
  )
  const at = (hour: number): number =>
    solar?.points.find(([seconds]) => new Date(seconds * 1000).getUTCHours() === hour)?.[1] ?? -1
  t.is(at(1), 0)
  t.true(at(12) > at(8) && at(12) > at(16) && at(12) > 4000)
})
