import test from 'ava'
import fc from 'fast-check'
import { placed } from '../../../scripts/lib/observe/show/layout.ts'

const widgets = (...types: string[]) => types.map((type) => ({ definition: { type } }))
const places = (all: ReturnType<typeof placed>) => all.map(({ x, y, width, height }) => [x, y, width, height])

test('without places widgets flow in rows, and the last of a row takes what is free', (t) => {
  t.deepEqual(places(placed(widgets('note', 'timeseries', 'timeseries', 'query_value', 'query_value', 'timeseries'))), [
    [0, 0, 12, 0.5],
    [0, 0.5, 4, 2],
    [4, 0.5, 4, 2],
    [8, 0.5, 2, 2],
    [10, 0.5, 2, 2],
    [0, 2.5, 4, 2],
  ])
  t.deepEqual(places(placed(widgets('timeseries', 'timeseries'))), [
    [0, 0, 4, 2],
    [4, 0, 8, 2],
  ])
})

test('the places of the file are kept, counted from the first row that is taken', (t) => {
  const own = [
    { definition: {}, layout: { x: 0, y: 3, width: 6, height: 4 } },
    { definition: {}, layout: { x: 6, y: 3, width: 60, height: 2 } },
  ]
  t.deepEqual(places(placed(own)), [
    [0, 0, 6, 4],
    [6, 0, 6, 2],
  ])
})

test('if one widget has no place, all flow', (t) => {
  const own = [{ definition: { type: 'note' }, layout: { x: 3, y: 9, width: 3, height: 1 } }, ...widgets('timeseries')]
  t.deepEqual(places(placed(own))[0], [0, 0, 12, 0.5])
})

test('whatever flows stays on the grid and covers nothing else', (t) => {
  const type = fc.constantFrom('note', 'timeseries', 'query_value', 'check_status', 'toplist', 'constructor')
  fc.assert(
    fc.property(fc.array(type, { maxLength: 20 }), fc.integer({ min: 1, max: 12 }), (types, wide) => {
      const all = placed(widgets(...types), wide)
      const cells = all.flatMap(({ x, y, width, height }) =>
        Array.from(
          { length: width * height * 2 },
          (_, index) => `${x + (index % width)} ${y * 2 + Math.floor(index / width)}`,
        ),
      )
      t.is(new Set(cells).size, cells.length)
      t.true(all.every(({ x, width }) => x >= 0 && x + width <= wide))
    }),
  )
})
