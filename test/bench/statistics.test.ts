import test from 'ava'
import { spreadOf } from '../../scripts/lib/bench/statistics.ts'

test('the median of an odd number of values is the middle one, whatever their order', (t) => {
  t.deepEqual(spreadOf([9, 1, 2]), { median: 2, min: 1, max: 9, count: 3 })
})

test('the median of an even number of values is the mean of the two in the middle', (t) => {
  t.deepEqual(spreadOf([4, 1, 2, 100]), { median: 3, min: 1, max: 100, count: 4 })
})

test('one value is its own median, and no values have none', (t) => {
  t.deepEqual(spreadOf([5]), { median: 5, min: 5, max: 5, count: 1 })
  t.is(spreadOf([]), undefined)
})

test('values are compared as numbers and left in their order', (t) => {
  const values = [10, 9, 100]
  t.is(spreadOf(values)?.median, 10)
  t.deepEqual(values, [10, 9, 100])
})
