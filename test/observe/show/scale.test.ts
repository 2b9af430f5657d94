import test from 'ava'
import fc from 'fast-check'
import { figure, formatQuantity, quantityOf, tickFormat } from '../../../scripts/lib/observe/show/quantity.ts'
import { axisFor, linear } from '../../../scripts/lib/observe/show/scale.ts'
import { timeTicks } from '../../../scripts/lib/observe/show/time-axis.ts'

test('ticks are round numbers that enclose the values', (t) => {
  t.deepEqual(axisFor(0, 1000), { from: 0, to: 1000, ticks: [0, 250, 500, 750, 1000] })
  t.deepEqual(axisFor(0, 41.7), { from: 0, to: 60, ticks: [0, 20, 40, 60] })
  t.deepEqual(axisFor(-3, 7), { from: -5, to: 7.5, ticks: [-5, -2.5, 0, 2.5, 5, 7.5] })
  t.deepEqual(axisFor(0, 0.3).ticks, [0, 0.1, 0.2, 0.3])
  t.deepEqual(axisFor(5, 5).ticks, [4, 6, 8, 10])
  t.deepEqual(axisFor(0, 0).ticks, [0, 0.25, 0.5, 0.75, 1])
})

test('bytes have ticks at powers of two', (t) => {
  t.deepEqual(
    axisFor(0, 1.4 * 2 ** 30, { quantity: 'byte' }).ticks,
    [0, 1, 2, 3].map((n) => n * 2 ** 29),
  )
})

test('an end that the widget fixes is kept', (t) => {
  t.deepEqual(axisFor(212, 640, { min: 0, max: 1000 }), { from: 0, to: 1000, ticks: [0, 250, 500, 750, 1000] })
  const { from, to, ticks } = axisFor(0, 10, { min: 3, max: 9 })
  t.deepEqual([from, to], [3, 9])
  t.deepEqual(ticks, [4, 6, 8])
  t.is(axisFor(0, 10, { min: 20, max: 5 }).from, 20)
})

test('whatever the values are, ticks ascend, are few and lie within the axis', (t) => {
  const value = fc.double({ min: -1e15, max: 1e15, noNaN: true })
  fc.assert(
    fc.property(value, value, fc.constantFrom('plain' as const, 'byte' as const), (a, b, quantity) => {
      const [least, most] = [Math.min(a, b), Math.max(a, b)]
      const { from, to, ticks } = axisFor(least, most, { quantity })
      const slack = Math.max(Math.abs(from), Math.abs(to)) * 1e-9
      t.true(from <= least + slack && to >= most - slack, `${from} ${least} ${most} ${to}`)
      t.true(ticks.length <= 8)
      t.true(ticks.every((tick, index) => index === 0 || tick > (ticks[index - 1] ?? tick)))
      t.true(ticks.every((tick) => tick >= from - slack && tick <= to + slack))
    }),
  )
})

test('a place on the drawing is linear in the value', (t) => {
  const y = linear(0, 800, 1000, 0)
  t.deepEqual([0, 200, 800].map(y), [1000, 750, 0])
  t.is(linear(3, 3, 0, 10)(3), 5)
})

test('numbers are told with three figures and a prefix', (t) => {
  const cases = [
    [0, 'plain', '0'],
    [463.2, 'plain', '463'],
    [12_540, 'plain', '12.5k'],
    [999.99, 'plain', '1k'],
    [2_500_000, 'plain', '2.5M'],
    [-1500, 'plain', '-1.5k'],
    [0.0034, 'plain', '0.0034'],
    [0.00002, 'plain', '2.0e-5'],
    [29.13, 'percent', '29.1%'],
    [0.0052, 'second', '5.2 ms'],
    [0.00004, 'second', '40 µs'],
    [90, 'second', '1.5 min'],
    [1.25 * 2 ** 30, 'byte', '1.25 GiB'],
    [512, 'byte', '512 B'],
    [41_000, 'megawatt', '41 GW'],
  ] as const
  for (const [value, quantity, words] of cases) t.is(formatQuantity(value, quantity), words)
  t.deepEqual(figure(1840, 'plain', 0, false), { digits: '1840', unit: '' })
  t.deepEqual(figure(0.2837, 'plain', 2), { digits: '0.28', unit: '' })
})

test('the ticks of one axis share their unit and are told apart', (t) => {
  const words = (ticks: readonly number[], quantity: Parameters<typeof tickFormat>[1]): string[] =>
    ticks.map(tickFormat(ticks, quantity))
  t.deepEqual(words([0, 250, 500, 750, 1000], 'plain'), ['0', '250', '500', '750', '1000'])
  t.deepEqual(words([0, 20_000, 40_000], 'plain'), ['0', '20k', '40k'])
  t.deepEqual(words([0, 0.25, 0.5], 'plain'), ['0', '0.25', '0.50'])
  t.deepEqual(words([0, 0.005, 0.01, 0.015], 'second'), ['0', '5 ms', '10 ms', '15 ms'])
  t.deepEqual(words([0, 2 ** 29, 2 ** 30], 'byte'), ['0', '0.5 GiB', '1.0 GiB'])
})

test('a metric’s quantity follows from its name', (t) => {
  t.is(quantityOf('system.mem.usable'), 'byte')
  t.is(quantityOf('system.cpu.user'), 'percent')
  t.is(quantityOf('trace.flask.request.duration'), 'second')
  t.is(quantityOf('trace.flask.request.hits'), 'plain')
  t.is(quantityOf('my_metric'), 'plain')
})

const seconds = (iso: string): number => Date.parse(iso) / 1000

test('times on the axis are even on the clock of the zone', (t) => {
  const labels = (zone: string): string[] =>
    timeTicks(seconds('2026-11-25T13:20:00Z'), seconds('2026-11-26T13:20:00Z'), zone).map(({ label }) => label)
  t.deepEqual(labels('Europe/Paris'), ['15:00', '18:00', '21:00', 'Thu 26', '03:00', '06:00', '09:00', '12:00'])
  t.deepEqual(labels('Asia/Kolkata'), ['21:00', 'Thu 26', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00'])
  t.deepEqual(labels('Nowhere/Never'), [])
})

test('on a day on which the clock goes forward the ticks stay even, and the hour that is left out has none', (t) => {
  const day = timeTicks(seconds('2027-03-27T22:30:00Z'), seconds('2027-03-28T22:30:00Z'), 'Europe/Paris')
  t.deepEqual(
    day.map(({ label }) => label),
    ['Sun 28', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00', '21:00', 'Mon 29'].slice(0, day.length),
  )
  t.is(day[1]?.seconds, seconds('2027-03-28T01:00:00Z'))
  const night = timeTicks(seconds('2027-03-28T00:00:00Z'), seconds('2027-03-28T03:00:00Z'), 'Europe/Paris')
  t.false(night.some(({ label }) => label.startsWith('02:')))
})

test('a short window has ticks at minutes', (t) => {
  const labels = timeTicks(seconds('2026-11-26T13:20:00Z'), seconds('2026-11-26T13:43:00Z'), 'UTC')
  t.deepEqual(
    labels.map(({ label }) => label),
    ['13:20', '13:25', '13:30', '13:35', '13:40'],
  )
})
