import test from 'ava'
import fc from 'fast-check'
import { dueBy, type Plan, rateAt, segmentsOf, shapes } from '../../scripts/lib/traffic/shape.ts'

const plan = (shape: Plan['shape'], seconds = 60, rate = 100): Plan => ({ shape, seconds, rate })

const any = fc.record({
  shape: fc.constantFrom(...shapes),
  seconds: fc.integer({ min: 5, max: 900 }),
  rate: fc.integer({ min: 1, max: 5000 }),
})

test('steady is the same all the time, and nothing before and after', (t) => {
  t.deepEqual(
    [-1, 0, 30, 59.9, 60, 61].map((at) => rateAt(plan('steady'), at)),
    [0, 100, 100, 100, 0, 0],
  )
  t.deepEqual(
    [-1, 0, 30, 60, 99].map((at) => dueBy(plan('steady'), at)),
    [0, 0, 3000, 6000, 6000],
  )
})

test('a ramp goes from nothing to full load', (t) => {
  t.deepEqual(
    [0, 15, 30, 45].map((at) => rateAt(plan('ramp'), at)),
    [0, 25, 50, 75],
  )
  t.is(dueBy(plan('ramp'), 60), 3000)
})

test('spikes are full load for the last quarter of each period, a fifth of it between them; a short run has three', (t) => {
  t.deepEqual(
    [0, 14.9, 15, 19.9, 20, 35].map((at) => rateAt(plan('spikes'), at)),
    [20, 20, 100, 100, 20, 100],
  )
  t.is(dueBy(plan('spikes'), 20), 15 * 20 + 5 * 100)
  const short = plan('spikes', 12)
  const rates = Array.from({ length: 120 }, (_, index) => rateAt(short, index / 10))
  t.is(rates.filter((rate, index) => rate === 100 && rates[index - 1] !== 100).length, 3)
})

test('what is due is the integral of the rate, and never less than before', (t) => {
  fc.assert(
    fc.property(any, fc.double({ min: 0, max: 1, noNaN: true }), (one, part) => {
      const at = one.seconds * part
      const width = at / 2000
      const sum = Array.from({ length: 2000 }, (_, index) => rateAt(one, (index + 0.5) * width) * width)
      const integral = sum.reduce((total, value) => total + value, 0)
      return (
        Math.abs(dueBy(one, at) - integral) <= one.rate * one.seconds * 0.01 && dueBy(one, at) >= dueBy(one, at / 2)
      )
    }),
  )
  t.pass()
})

test('segments last as long as the load and make as many transactions, up to rounding', (t) => {
  t.deepEqual(segmentsOf(plan('steady')), [{ seconds: 60, rate: 100 }])
  t.deepEqual(segmentsOf(plan('spikes', 60, 200)).slice(0, 3), [
    { seconds: 15, rate: 40 },
    { seconds: 5, rate: 200 },
    { seconds: 15, rate: 40 },
  ])
  t.is(segmentsOf(plan('ramp')).length, 12)
  fc.assert(
    fc.property(any, (one) => {
      const segments = segmentsOf(one)
      const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0)
      const made = segments.reduce((sum, segment) => sum + segment.seconds * segment.rate, 0)
      return seconds === one.seconds && Math.abs(made - dueBy(one, one.seconds)) <= one.seconds / 2 + 1
    }),
  )
})
