import test from 'ava'
import fc from 'fast-check'
import { RRuleTemporal } from 'rrule-temporal'
import { clockOf, startOfDay } from '../../../scripts/lib/observe/calendar/clock.ts'
import { day, weekdays } from '../../../scripts/lib/observe/calendar/days.ts'
import { recurrenceOf } from '../../../scripts/lib/observe/calendar/next.ts'
import type { Recurrence } from '../../../scripts/lib/observe/calendar/recurrence.ts'
import { iso, weekOf } from '../../../scripts/lib/observe/calendar/week.ts'

const nothing = { monday: [], tuesday: [], wednesday: [], thursday: [], friday: [], saturday: [], sunday: [] }

/** Instants in a week at which our calendar has an occurrence begin. */
const ours = (recurrence: Recurrence, timezone: string, monday: number): number[] => {
  const schedule = { name: 'any', timezone, recurrences: [{ ...recurrence, duration: '1m' }], fresh: true } as const
  const week = weekOf([schedule], nothing, new Date(monday).toISOString().slice(0, 10), timezone, 'elapsed')
  return week.silent.map(({ from }) => Date.parse(from))
}

/** The same as an independent implementation of RFC 5545 has it. */
const theirs = ({ start, rrule }: Recurrence, timezone: string, monday: number): number[] => {
  const stamp = `${start.replaceAll(/[-:]/g, '')}00`
  const rule = new RRuleTemporal({ rruleString: `DTSTART;TZID=${timezone}:${stamp}\nRRULE:${rrule}` })
  const clock = clockOf(timezone, monday - 3 * day, monday + 10 * day)
  const [from, to] = [startOfDay(clock, monday), startOfDay(clock, monday + 7 * day)]
  return rule.between(new Date(from), new Date(to - 1), true).map(({ epochMilliseconds }) => epochMilliseconds)
}

/** Without Morocco's, whose clock goes back for Ramadan: years ahead the oracle misses that, and the system's own data agree with ours. */
const zones = Intl.supportedValuesOf('timeZone').filter((zone) => !/^Africa\/(?:Casablanca|El_Aaiun)$/.test(zone))

test('occurrences at times that exist are those of RFC 5545, for any rule in nearly every zone', (t) => {
  const time = fc.integer({ min: 0, max: 47 }).map((half) => new Date(half * 1_800_000).toISOString().slice(11, 16))
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
      fc.subarray([...weekdays], { minLength: 1 }),
      time,
      fc.integer({ min: 0, max: 60 }),
      (zone, at, days, from, weeks) => {
        const recurrence = recurrenceOf({ days, from, for: '1h' }, zone, at)
        const date = Date.parse(`${recurrence.start.slice(0, 10)}T00:00Z`)
        const monday = date - ((new Date(date).getUTCDay() + 6) % 7) * day + weeks * 7 * day
        const existing = ours(recurrence, zone, monday).filter((at) => iso(at, zone).slice(11, 16) === from)
        t.deepEqual(existing, theirs(recurrence, zone, monday), JSON.stringify([zone, recurrence]))
      },
    ),
    { numRuns: 400 },
  )
})

test('a time that comes twice is silent the first time, as in RFC 5545', (t) => {
  const days = ['saturday', 'sunday'] as const
  const recurrence = recurrenceOf({ days, from: '02:30', for: '1h' }, 'Europe/Paris', new Date('2026-01-05T12:00Z'))
  const monday = Date.parse('2026-10-19T00:00Z')
  const expected = ['2026-10-24T00:30Z', '2026-10-25T00:30Z'].map((at) => Date.parse(at))
  t.deepEqual(theirs(recurrence, 'Europe/Paris', monday), expected)
  t.deepEqual(ours(recurrence, 'Europe/Paris', monday), expected)
})

test('a time that the clock jumps over is left out by RFC 5545 (3.3.10), and moved to after the jump by our calendar', (t) => {
  const recurrence = recurrenceOf(
    { days: ['sunday'], from: '02:30', for: '1h' },
    'Europe/Paris',
    new Date('2026-01-05T12:00Z'),
  )
  const monday = Date.parse('2027-03-22T00:00Z')
  t.deepEqual(theirs(recurrence, 'Europe/Paris', monday), [])
  t.deepEqual(ours(recurrence, 'Europe/Paris', monday), [Date.parse('2027-03-28T01:30Z')])
})
