import test from 'ava'
import type { PreviewWeek, Slot } from '../../../scripts/lib/observe/show/page-data.ts'
import { runsOfSlots, silentHours, week } from '../../../scripts/lib/observe/show/week.ts'
import { elementsOf } from './_elements.ts'
import { week as sample } from './_preview.ts'

const strips = elementsOf(week(sample).toString()).filter(({ attributes }) => attributes.role === 'img')
const cells = elementsOf(week(sample).toString()).filter(({ name }) => name === 'i')

test('equal half-hours become one run', (t) => {
  t.deepEqual(runsOfSlots(['silent', 'silent', 'open', 'silent']), [
    { slot: 'silent', from: 0, to: 2 },
    { slot: 'open', from: 2, to: 3 },
    { slot: 'silent', from: 3, to: 4 },
  ])
  t.deepEqual(runsOfSlots([]), [])
})

test('a week has seven strips, each told in words', (t) => {
  t.is(strips.length, 7)
  t.is(
    strips[0]?.attributes['aria-label'],
    'Mon 23 Nov: gap: should be silent, is not 00:00 to 09:00, silent 19:00 to 24:00',
  )
  t.true(cells.some(({ attributes }) => attributes.title === 'Wed 25 Nov, 09:00 to 10:00: silent, not wished'))
  for (const slot of ['silent', 'gap', 'overlap', 'extra', 'open'])
    t.true(cells.some(({ attributes }) => attributes.class === slot))
})

/** Class and width in half-hours of each part of a strip, left to right; an hour that comes twice is one part. */
const partsOf = (row: PreviewWeek['rows'][number]): string[] => {
  const text = week({ rows: [row], label: '', notes: [] }).toString()
  const outer = text.replaceAll(/(<span class="twice"[^>]*>).*?<\/span><\/span>/g, '$1')
  return [...outer.matchAll(/class="(\w+)" style="flex-grow:(\d+)"/g)].map(([, kind, width]) => `${kind} ${width}`)
}

const half = (...runs: readonly (readonly [Slot, number])[]): Slot[] =>
  runs.flatMap(([slot, count]) => Array.from({ length: count }, () => slot))

test('a day of 23 hours has a hole, and what follows stands below its number', (t) => {
  const slots = half(['silent', 36], ['open', 10])
  const day = { day: 'Sun 28 Mar', slots, change: { index: 4, skipped: 2 } }
  t.deepEqual(partsOf(day), ['silent 4', 'none 2', 'silent 32', 'open 10'])
  const text = week({ rows: [day], label: '', notes: [] }).toString()
  t.true(text.includes('Sun 28 Mar<small>23 h</small>'))
  t.true(text.includes('title="Sun 28 Mar, 02:00 to 03:00: left out by the clock"'))
  t.true(
    text.includes('"Sun 28 Mar: silent 00:00 to 02:00, left out by the clock 02:00 to 03:00, silent 03:00 to 19:00"'),
  )
})

test('a day of 25 hours has both passes of the hour in one place, and what follows stands below its number', (t) => {
  const slots = half(['silent', 6], ['gap', 2], ['silent', 32], ['open', 10])
  const day = { day: 'Sun 31 Oct', slots, change: { index: 6, skipped: -2 } }
  t.deepEqual(partsOf(day), ['silent 4', 'twice 2', 'silent 32', 'open 10'])
  const text = week({ rows: [day], label: '', notes: [] }).toString()
  t.true(text.includes('Sun 31 Oct<small>25 h</small>'))
  t.true(text.includes('title="Sun 31 Oct, 02:00 to 03:00 (first time): silent"'))
  t.true(text.includes('title="Sun 31 Oct, 02:00 to 03:00 (second time): gap: should be silent, is not"'))
})

test('a clock that is changed at either end of a day leaves 24 hours of places', (t) => {
  const width = (index: number, skipped: number): number =>
    partsOf({ day: 'd', slots: half(['open', 48 - skipped]), change: { index, skipped } })
      .map((part) => Number(part.split(' ')[1]))
      .reduce((sum, one) => sum + one, 0)
  for (const [index, skipped] of [
    [0, 2],
    [46, 2],
    [48, -2],
    [2, -2],
    [4, -1],
    [4, 1],
  ] as const)
    t.is(width(index, skipped), 48, `${index} ${skipped}`)
})

test('silent hours are counted, gaps not', (t) => {
  t.is(silentHours(sample), 5 + 14 + 15 + 14 + 14 + 24 + 25)
})
