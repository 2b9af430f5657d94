import test from 'ava'
import { BoxhoundError } from '../../../scripts/lib/_helpers/errors.ts'
import { parseRecurrence } from '../../../scripts/lib/observe/calendar/recurrence.ts'

const monday = { start: '2026-11-23T19:00', duration: '14h', rrule: 'FREQ=WEEKLY;BYDAY=MO,TU' }

test('a rule is read: days in the order of the calendar, minutes, first date', (t) => {
  t.deepEqual(parseRecurrence({ ...monday, rrule: 'BYDAY=TU,MO;INTERVAL=1;FREQ=WEEKLY' }), {
    days: ['monday', 'tuesday'],
    minuteOfDay: 1140,
    minutes: 840,
    start: '2026-11-23',
  })
  t.is(parseRecurrence({ ...monday, start: '2026-11-24T00:05:00' }).minuteOfDay, 5)
})

test('durations count in minutes, hours, days and weeks', (t) => {
  for (const [duration, minutes] of [
    ['90m', 90],
    ['1h', 60],
    ['2d', 2880],
    ['1w', 10_080],
  ] as const)
    t.is(parseRecurrence({ ...monday, duration }).minutes, minutes)
})

const refused = test.macro({
  exec: (t, change: Partial<typeof monday>, message: RegExp) => {
    const error = t.throws(() => parseRecurrence({ ...monday, ...change }, 'nights'), { instanceOf: BoxhoundError })
    t.is(error.code, 'E_DOWNTIME')
    t.regex(error.message, message)
    t.true(error.message.startsWith('downtime nights: '))
    t.truthy(error.details.expected)
    t.truthy(error.details.found)
  },
  title: (title = '') => `refused: ${title}`,
})

test('a start in UTC', refused, { start: '2026-11-23T19:00Z' }, /start carries an offset/)
test('a start with an offset', refused, { start: '2026-11-23T19:00:00+01:00' }, /start carries an offset/)
test('a start that is a date', refused, { start: '2026-11-23' }, /start cannot be read/)
test('a start on a date that does not exist', refused, { start: '2026-02-30T19:00' }, /start cannot be read/)
test('a start at an hour that does not exist', refused, { start: '2026-11-23T24:00' }, /start cannot be read/)
test('a start past the end of a day', refused, { start: '2026-11-23T24:30' }, /start cannot be read/)
test('the wrong weekday', refused, { start: '2026-11-25T19:00' }, /day that the rule does not name/)
test('DTSTART in the rule', refused, { rrule: `DTSTART:20261123T190000\n${monday.rrule}` }, /DTSTART/)
test('another frequency', refused, { rrule: 'FREQ=DAILY' }, /not weekly/)
test('every second week', refused, { rrule: `${monday.rrule};INTERVAL=2` }, /leaves weeks out/)
test('a rule that ends', refused, { rrule: `${monday.rrule};COUNT=3` }, /COUNT/)
test('a rule without days', refused, { rrule: 'FREQ=WEEKLY' }, /names no days/)
test('a day of a month', refused, { rrule: 'FREQ=WEEKLY;BYDAY=1MO' }, /a day that is none: "1MO"/)
test('a part that stands there twice', refused, { rrule: `${monday.rrule};BYDAY=FR` }, /cannot be read/)
test('an empty rule', refused, { rrule: '' }, /cannot be read/)
test('a unit that is none', refused, { duration: '14s' }, /duration cannot be used/)
test('a duration of nothing', refused, { duration: '0h' }, /duration cannot be used/)
test('more than a week', refused, { duration: '8d' }, /duration cannot be used/)

test('the wrong weekday is told with the right ones', (t) => {
  const error = t.throws(() => parseRecurrence({ ...monday, start: '2026-11-25T19:00' }), { instanceOf: BoxhoundError })
  t.is(error.details.expected, 'a start on monday, tuesday (BYDAY=MO,TU)')
  t.is(error.details.found, '"2026-11-25T19:00, a wednesday"')
})
