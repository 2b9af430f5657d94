import test from 'ava'
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

test('all strips have the same scale: the day of 25 hours is longer by one', (t) => {
  const grown = cells.map(({ attributes }) => Number(/flex-grow:(\d+)/.exec(attributes.style ?? '')?.[1]))
  t.is(
    grown.reduce((sum, value) => sum + value, 0),
    7 * 50,
  )
  t.is(cells.filter(({ attributes }) => attributes.class === 'none').length, 6)
  t.true(week(sample).toString().includes('Sun 29 Nov<small>25 h</small>'))
})

test('a day of 46 half-hours is shorter', (t) => {
  const rows = [{ day: 'Sun 28 Mar', slots: Array.from({ length: 46 }, () => 'silent' as const) }]
  const text = week({ rows, notes: [] }).toString()
  t.regex(text, /0 h to 23 h after midnight: silent/)
  t.regex(text, /class="none" style="flex-grow:2"/)
})

test('silent hours are counted, gaps not', (t) => {
  t.is(silentHours(sample), 5 + 14 + 15 + 14 + 14 + 24 + 25)
})
