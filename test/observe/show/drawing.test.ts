import test from 'ava'
import { barsPath } from '../../../scripts/lib/observe/show/bars.ts'
import { groupNames } from '../../../scripts/lib/observe/show/group-name.ts'
import { areaPath, dotsPath, linePath } from '../../../scripts/lib/observe/show/line.ts'
import { markersOf } from '../../../scripts/lib/observe/show/marker.ts'
import type { Point } from '../../../scripts/lib/observe/show/page-data.ts'
import { stack } from '../../../scripts/lib/observe/show/stack.ts'
import { lookOf } from '../../../scripts/lib/observe/show/tiles/query-value.ts'

const plane = { x: (seconds: number) => seconds * 10, y: (value: number) => 100 - value }
const points: readonly Point[] = [
  [0, 10],
  [1, 20],
  [2, 5],
]

test('a line goes through its points', (t) => {
  t.is(linePath(points, plane), 'M0 90L10 80L20 95')
  t.is(linePath([], plane), '')
  t.is(linePath([[1.23456, 2.98765]], plane), 'M12.3 97h0')
})

test('a gap in the data is a gap in the line', (t) => {
  t.is(linePath([...points, [9, 1]], plane, 3), 'M0 90L10 80L20 95M90 99h0')
})

test('an area ends where it began', (t) => {
  t.is(
    areaPath(
      points.slice(0, 2),
      [
        [0, 0],
        [1, 0],
      ],
      plane,
    ),
    'M0 90L10 80L10 100L0 100Z',
  )
  t.is(dotsPath(points.slice(0, 2), plane), 'M0 90h0M10 80h0')
})

test('bars stand beside each other and upon each other', (t) => {
  const [low, high] = stack([
    { tags: [], points: [[0, 10]] },
    {
      tags: [],
      points: [
        [0, 5],
        [10, 7],
      ],
    },
  ])
  if (low === undefined || high === undefined) return t.fail()
  t.deepEqual(high.lower, [
    [0, 10],
    [10, 0],
  ])
  t.deepEqual(high.upper, [
    [0, 15],
    [10, 7],
  ])
  t.is(barsPath(low, 10, plane), 'M8 100V90H92V100Z')
  t.is(barsPath(high, 10, plane), 'M8 90V85H92V90ZM108 100V93H192V100Z')
})

test('values below zero pile up downwards', (t) => {
  const layers = stack([5, -2, -3].map((value) => ({ tags: [], points: [[0, value] as const] })))
  t.deepEqual(
    layers.map(({ lower, upper }) => [lower[0]?.[1], upper[0]?.[1]]),
    [
      [0, 5],
      [0, -2],
      [-2, -5],
    ],
  )
})

test('markers are read with their range, level and stroke', (t) => {
  const read = (value: string, display = 'error dashed') =>
    markersOf({ markers: [{ value, display_type: display, label: ' x ' }] })
  t.deepEqual(read('y > 800'), [{ from: 800, level: 'error', stroke: 'dashed', label: 'x' }])
  t.deepEqual(read('y = 500', 'warning dashed'), [
    { from: 500, to: 500, level: 'warning', stroke: 'dashed', label: 'x' },
  ])
  t.deepEqual(read('y <= -1.5', 'ok bold'), [{ to: -1.5, level: 'ok', stroke: 'bold', label: 'x' }])
  t.deepEqual(read('10 < y < 20', ''), [{ from: 10, to: 20, level: 'info', stroke: 'solid', label: 'x' }])
  for (const value of ['', 'y', 'y 5', 'x > 5', 'y > five']) t.deepEqual(read(value), [], value)
})

test('the first condition that holds colours a number', (t) => {
  const formats = [
    { comparator: '>', value: 800, palette: 'white_on_red' },
    { comparator: '>', value: 500, palette: 'black_on_light_yellow' },
    { comparator: '<=', value: 500, palette: 'green_on_white' },
  ]
  t.deepEqual(
    [801, 800, 500].map((value) => lookOf(formats, value)),
    ['on-red', 'on-yellow', 'in-green'],
  )
  t.is(lookOf([{ comparator: 'constructor', value: 1, palette: 'white_on_red' }], 5), undefined)
})

test('groups of one key are named by their values', (t) => {
  t.deepEqual(groupNames([['kind:wind'], ['kind:gas']]), ['wind', 'gas'])
  t.deepEqual(groupNames([['host:lab']]), ['host:lab'])
  t.deepEqual(
    groupNames([
      ['a:1', 'b:2'],
      ['a:2', 'b:2'],
    ]),
    ['a:1, b:2', 'a:2, b:2'],
  )
  t.deepEqual(groupNames([[], []]), ['', ''])
})
