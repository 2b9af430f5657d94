import test from 'ava'
import fc from 'fast-check'
import { BoxhoundError } from '../../../scripts/lib/_helpers/errors.ts'
import { clockOf, instantsOf } from '../../../scripts/lib/observe/calendar/clock.ts'
import { clockTime, day, weekdays } from '../../../scripts/lib/observe/calendar/days.ts'
import { recurrenceOf, type Silence, startMargin } from '../../../scripts/lib/observe/calendar/next.ts'
import { parseRecurrence } from '../../../scripts/lib/observe/calendar/recurrence.ts'
import { now } from './_example.ts'

const sunday: Silence = { days: ['sunday'], from: '02:30', to: '09:00' }
const startOf = (silence: Silence, zone: string, at: string): string => recurrenceOf(silence, zone, new Date(at)).start

test('nights and weekend as the account is told them', (t) => {
  const days = ['friday', 'sunday', 'monday', 'tuesday', 'thursday', 'wednesday'] as const
  t.deepEqual(recurrenceOf({ days, from: '19:00', to: '09:00' }, 'Europe/Paris', now), {
    start: '2026-11-20T19:00',
    duration: '14h',
    rrule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SU',
  })
  t.deepEqual(recurrenceOf({ days: ['saturday'], from: '00:00', for: '2d' }, 'Europe/Paris', now), {
    start: '2026-11-21T00:00',
    duration: '2d',
    rrule: 'FREQ=WEEKLY;BYDAY=SA',
  })
})

test('the start is ten minutes after now or later, by the clock of the zone', (t) => {
  const friday: Silence = { days: ['friday'], from: '19:00', to: '20:00' }
  t.is(startOf(friday, 'Europe/Paris', '2026-11-20T17:50Z'), '2026-11-20T19:00')
  t.is(startOf(friday, 'Europe/Paris', '2026-11-20T17:50:00.001Z'), '2026-11-27T19:00')
  t.is(startOf(friday, 'Europe/Paris', '2026-11-20T18:00Z'), '2026-11-27T19:00')
  t.is(startOf(friday, 'UTC', '2026-11-20T18:30Z'), '2026-11-20T19:00')
  // There it is Saturday already.
  t.is(startOf(friday, 'Pacific/Kiritimati', '2026-11-20T12:00Z'), '2026-11-27T19:00')
  t.is(startOf(friday, 'Pacific/Pago_Pago', '2026-11-21T05:49Z'), '2026-11-20T19:00')
})

test('the duration is in the largest unit that is exact', (t) => {
  for (const [from, end, duration] of [
    ['19:00', { to: '09:00' }, '14h'],
    ['09:00', { to: '10:30' }, '90m'],
    ['09:00', { to: '09:00' }, '1d'],
    ['00:00', { to: '24:00' }, '1d'],
    ['20:00', { to: '24:00' }, '4h'],
    ['20:00', { to: '00:00' }, '4h'],
    ['00:00', { for: '48h' }, '2d'],
    ['00:00', { for: '7d' }, '1w'],
    ['00:00', { for: '57h' }, '57h'],
    ['00:00', { for: '120m' }, '2h'],
  ] as const)
    t.is(recurrenceOf({ days: ['monday'], from, ...end }, 'UTC', now).duration, duration, from)
})

test('a time that the clock jumps over is not taken on that date', (t) => {
  t.is(startOf(sunday, 'Europe/Paris', '2027-03-27T12:00Z'), '2027-04-04T02:30')
  t.is(startOf({ ...sunday, days: ['sunday', 'monday'] }, 'Europe/Paris', '2027-03-27T12:00Z'), '2027-03-29T02:30')
  t.is(startOf({ ...sunday, from: '03:00' }, 'Europe/Paris', '2027-03-27T12:00Z'), '2027-03-28T03:00')
  // The day before, the day itself has passed 02:30; a week on is the night of the change.
  t.is(startOf(sunday, 'Europe/Paris', '2027-03-21T12:00Z'), '2027-04-04T02:30')
  t.is(startOf({ days: ['friday'], from: '00:00', for: '1h' }, 'Africa/Cairo', '2026-04-23T12:00Z'), '2026-05-01T00:00')
})

test('of a time that comes twice the first counts', (t) => {
  t.is(startOf(sunday, 'Europe/Paris', '2026-10-25T00:20Z'), '2026-10-25T02:30')
  t.is(startOf(sunday, 'Europe/Paris', '2026-10-25T00:21Z'), '2026-11-01T02:30')
})

test('what is said badly is refused', (t) => {
  for (const [change, message] of [
    [{ days: [] }, 'a downtime needs days'],
    [{ from: '2:30' }, 'from is no time of day'],
    [{ from: '24:00' }, 'from is no time of day'],
    [{ to: '24:01' }, 'to is no time of day'],
    [{ to: '09:60' }, 'to is no time of day'],
    [{ for: '1h' }, 'a downtime needs one end'],
  ] as const) {
    const error = t.throws(() => recurrenceOf({ ...sunday, ...change }, 'UTC', now), { instanceOf: BoxhoundError })
    t.is(error.code, 'E_DOWNTIME')
    t.is(error.message, message)
    t.truthy(error.details.expected)
  }
  t.throws(() => recurrenceOf({ days: ['monday'], from: '00:00' }, 'UTC', now), { message: 'a downtime needs one end' })
  for (const duration of ['8d', '0m', '2 d', '1.5h', ''])
    t.throws(() => recurrenceOf({ days: ['monday'], from: '00:00', for: duration }, 'UTC', now), { code: 'E_DOWNTIME' })
  t.throws(() => recurrenceOf(sunday, 'Europe/Pariss', now), { code: 'E_TIMEZONE' })
})

test('in every zone, at any time, the rule is one that can be read, exists, lies ahead and is the nearest', (t) => {
  const time = fc.integer({ min: 0, max: 1439 })
  fc.assert(
    fc.property(
      fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
      fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
      fc.subarray([...weekdays], { minLength: 1 }),
      time,
      time,
      (zone, at, days, from, to) => {
        const recurrence = recurrenceOf({ days, from: clockTime(from), to: clockTime(to) }, zone, at)
        const rule = parseRecurrence(recurrence)
        t.deepEqual(rule.days, days)
        t.is(rule.minuteOfDay, from)
        t.is(rule.minutes, ((to - from + 1439) % 1440) + 1)
        const clock = clockOf(zone, at.getTime() - day, at.getTime() + 17 * day)
        const [first] = instantsOf(clock, Date.parse(`${recurrence.start}Z`))
        t.true(first !== undefined && first >= at.getTime() + startMargin && first - at.getTime() <= 15 * day)
      },
    ),
    { numRuns: 300 },
  )
})
