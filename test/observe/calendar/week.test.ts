import test from 'ava'
import { BoxhoundError } from '../../../scripts/lib/_helpers/errors.ts'
import { type Reading, readings, weekOf } from '../../../scripts/lib/observe/calendar/week.ts'
import { byHand, defaults, ends, longWeekend, noWish, schedule, wish } from './_example.ts'

const paris = 'Europe/Paris'

test('an ordinary week of the default downtimes has no gap and nothing that is not wished', (t) => {
  for (const reading of readings) {
    const week = weekOf(defaults(paris), wish, '2026-11-23', paris, reading)
    t.deepEqual(week.gaps, [])
    t.deepEqual(week.extra, [])
    t.deepEqual(week.hours, { wished: 118, silent: 118 })
    t.deepEqual(ends(week.overlaps), ['11-28T00:00 to 11-28T09:00', '11-29T19:00 to 11-30T00:00'])
    t.deepEqual(week.silent[0], { from: '2026-11-23T00:00+01:00', to: '2026-11-23T09:00+01:00', names: ['nights'] })
    t.deepEqual(week.overlaps[0]?.names, ['nights', 'weekend'])
  }
})

test('weeks before the first date look like those after it', (t) => {
  const earlier = weekOf(defaults(paris), wish, '2026-01-05', paris, 'wall')
  t.deepEqual(earlier.gaps, [])
  t.is(earlier.hours.silent, 118)
})

test('the Monday that nights and weekend leave uncovered is a gap', (t) => {
  for (const reading of readings) {
    const week = weekOf(byHand(paris), wish, '2026-11-23', paris, reading)
    t.deepEqual(week.gaps, [{ from: '2026-11-23T00:00+01:00', to: '2026-11-23T09:00+01:00', names: [] }])
  }
})

test('times in UTC by accident are an hour off in winter and two in summer', (t) => {
  const winter = weekOf(defaults('UTC'), wish, '2026-11-23', paris, 'wall')
  t.deepEqual(ends(winter.gaps).slice(0, 1), ['11-23T19:00 to 11-23T20:00'])
  t.deepEqual(ends(winter.extra).slice(0, 1), ['11-23T09:00 to 11-23T10:00'])
  const summer = weekOf(defaults('UTC'), wish, '2026-07-06', paris, 'wall')
  t.deepEqual(ends(summer.gaps).slice(0, 1), ['07-06T19:00 to 07-06T21:00'])
  t.is(summer.gaps.length, 5)
})

const gapsOf = (monday: string, reading: Reading): string[] =>
  ends(weekOf(longWeekend(paris), wish, monday, paris, reading).gaps)

test('a weekend of 57 elapsed hours ends early on the Monday after the clock goes back', (t) => {
  t.deepEqual(gapsOf('2026-11-02', 'elapsed'), [])
  t.deepEqual(gapsOf('2026-10-19', 'elapsed'), [])
  t.deepEqual(gapsOf('2026-10-26', 'elapsed'), ['10-26T08:00 to 10-26T09:00'])
  t.deepEqual(gapsOf('2026-10-26', 'wall'), [])
})

test('a weekend of two elapsed days ends at 23:00 when the clock goes back, unless a night covers the rest', (t) => {
  const weekend = defaults(paris).slice(1)
  const gap = weekOf(weekend, { ...noWish, sunday: [[0, 1440]] }, '2026-10-19', paris, 'elapsed').gaps
  t.deepEqual(gap, [{ from: '2026-10-25T23:00+01:00', to: '2026-10-26T00:00+01:00', names: [] }])
  t.deepEqual(weekOf(defaults(paris), wish, '2026-10-19', paris, 'elapsed').gaps, [])
})

test('weeks with a change of the clock are an hour shorter or longer', (t) => {
  for (const [zone, monday, wished] of [
    [paris, '2026-10-19', 119],
    [paris, '2027-03-22', 117],
    ['Australia/Sydney', '2026-03-30', 119],
    ['Australia/Sydney', '2026-09-28', 117],
    ['Australia/Lord_Howe', '2026-03-30', 118.5],
    ['Australia/Lord_Howe', '2026-09-28', 117.5],
    ['Africa/Cairo', '2026-10-26', 119],
    ['Africa/Cairo', '2026-04-20', 117],
    ['America/Santiago', '2026-03-30', 119],
    ['America/Santiago', '2026-08-31', 117],
    ['Asia/Beirut', '2026-10-19', 119],
    ['Asia/Beirut', '2026-03-23', 117],
    ['Asia/Tokyo', '2026-10-19', 118],
    ['UTC', '2026-10-19', 118],
  ] as const) {
    const { hours } = weekOf(defaults(zone), wish, monday, zone, 'wall')
    t.deepEqual(hours, { wished, silent: wished }, `${zone} ${monday}`)
  }
})

test('an hour that comes twice is wished twice, one that is left out not at all', (t) => {
  const sundayNight = { ...noWish, sunday: [[120, 180]] } as const
  const wishedHours = (monday: string): number => weekOf([], sundayNight, monday, paris, 'wall').hours.wished
  t.is(wishedHours('2026-10-19'), 2)
  t.is(wishedHours('2027-03-22'), 0)
  t.is(wishedHours('2026-11-23'), 1)
})

test('a night that begins at an hour that does not exist begins after the jump', (t) => {
  const early = [schedule('early', { days: ['sunday'], from: '02:30', for: '3h' }, paris)]
  const silent = (reading: Reading): string[] => ends(weekOf(early, noWish, '2027-03-22', paris, reading).silent)
  t.deepEqual(silent('elapsed'), ['03-28T03:30 to 03-28T06:30'])
  t.deepEqual(silent('wall'), ['03-28T03:30 to 03-28T05:30'])
})

test('what begins on Sunday of the week before reaches into the week, and what lasts a week fills it', (t) => {
  const sunday = [schedule('long', { days: ['sunday'], from: '12:00', for: '3d' }, paris)]
  t.deepEqual(ends(weekOf(sunday, noWish, '2026-11-23', paris, 'wall').silent), [
    '11-23T00:00 to 11-25T12:00',
    '11-29T12:00 to 11-30T00:00',
  ])
  const always = [schedule('always', { days: ['sunday'], from: '23:59', for: '1w' }, 'Pacific/Pago_Pago')]
  t.is(weekOf(always, noWish, '2026-11-23', 'Pacific/Kiritimati', 'elapsed').hours.silent, 168)
})

test('a schedule that overlaps itself is silent once', (t) => {
  const long = [schedule('long', { days: ['monday', 'tuesday'], from: '00:00', for: '2d' }, paris)]
  t.deepEqual(weekOf(long, noWish, '2026-11-23', paris, 'wall').overlaps, [])
})

test('a rule that cannot be read is told with the downtime', (t) => {
  const recurrences = [{ start: '2026-11-25T19:00', duration: '14h', rrule: 'FREQ=WEEKLY;BYDAY=MO' }]
  const bad = [{ name: 'nights', timezone: paris, recurrences }]
  const error = t.throws(() => weekOf(bad, wish, '2026-11-23', paris, 'wall'), { instanceOf: BoxhoundError })
  t.regex(error.message, /^downtime nights: the start is on a day/)
  t.throws(() => weekOf([], wish, '2026-11-24', paris, 'wall'), { message: 'a week begins on a Monday' })
  t.throws(() => weekOf([], wish, '2026-11-23', 'Europe/Pariss', 'wall'), { code: 'E_TIMEZONE' })
})
