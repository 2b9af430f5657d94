import test from 'ava'
import { BoxhoundError } from '../../../scripts/lib/_helpers/errors.ts'
import { clockChanges } from '../../../scripts/lib/observe/calendar/changes.ts'
import { clockOf, instantOf, instantsOf, startOfDay } from '../../../scripts/lib/observe/calendar/clock.ts'
import { assertZone } from '../../../scripts/lib/observe/calendar/zone.ts'

test('names of the zone database are taken, old ones and UTC too', (t) => {
  for (const zone of [...Intl.supportedValuesOf('timeZone'), 'UTC', 'Etc/UTC', 'Etc/GMT-14', 'Asia/Kolkata', 'GB-Eire'])
    t.notThrows(() => assertZone(zone), zone)
})

test('another name is refused with what was probably meant', (t) => {
  for (const [zone, near] of [
    ['Europe/Pariss', 'did you mean Europe/Paris?'],
    ['europe/paris', 'did you mean Europe/Paris?'],
    ['EUROPE/PARIS', 'did you mean Europe/Paris?'],
    ['New York', 'did you mean America/New_York?'],
    ['berlin', 'did you mean Europe/Berlin?'],
    ['utc', 'did you mean UTC?'],
  ] as const) {
    const error = t.throws(() => assertZone(zone), { instanceOf: BoxhoundError }, zone)
    t.is(error.code, 'E_TIMEZONE')
    t.is(error.exitCode, 2)
    t.is(error.details.next, near)
    t.is(error.details.found, JSON.stringify(zone))
  }
})

test('an offset, nothing, and what looks like nothing known are no zones', (t) => {
  for (const zone of ['+02:00', 'UTC+2', '', 'local', 'Europe/', '/', 'Europe/Paris ', 'Xyzzyxyzzy/Qqqqqqqqqq'])
    t.throws(() => assertZone(zone), { code: 'E_TIMEZONE' }, zone)
})

const changes = (zone: string): string[] =>
  clockChanges(zone, new Date('2026-01-01T00:00Z'), 53).map(
    ({ at, before, after, direction }) => `${at.toISOString().slice(5, 16)} ${before} ${after} ${direction}`,
  )

test('changes of the clock are told with both offsets', (t) => {
  t.deepEqual(changes('Europe/Paris'), ['03-29T01:00 UTC+1 UTC+2 forward', '10-25T01:00 UTC+2 UTC+1 back'])
  t.deepEqual(changes('Europe/London'), ['03-29T01:00 UTC+0 UTC+1 forward', '10-25T01:00 UTC+1 UTC+0 back'])
  t.deepEqual(changes('America/St_Johns'), [
    '03-08T05:30 UTC-3:30 UTC-2:30 forward',
    '11-01T04:30 UTC-2:30 UTC-3:30 back',
  ])
})

test('half an hour, the southern half of the world, and a change at midnight', (t) => {
  t.deepEqual(changes('Australia/Lord_Howe'), [
    '04-04T15:00 UTC+11 UTC+10:30 back',
    '10-03T15:30 UTC+10:30 UTC+11 forward',
  ])
  t.deepEqual(changes('America/Santiago'), ['04-05T03:00 UTC-3 UTC-4 back', '09-06T04:00 UTC-4 UTC-3 forward'])
  t.deepEqual(changes('Africa/Cairo'), ['04-23T22:00 UTC+2 UTC+3 forward', '10-29T21:00 UTC+3 UTC+2 back'])
})

test('a zone whose clock is never changed has no changes', (t) => {
  for (const zone of ['UTC', 'Asia/Tokyo', 'Asia/Kolkata', 'America/Phoenix']) t.deepEqual(changes(zone), [], zone)
})

test('a time that is there once, twice or not at all', (t) => {
  const clock = clockOf('Europe/Paris', Date.parse('2026-01-01T00:00Z'), Date.parse('2027-01-01T00:00Z'))
  const instants = (wall: string): string[] =>
    instantsOf(clock, Date.parse(`${wall}Z`)).map((at) => new Date(at).toISOString().slice(11, 16))
  t.deepEqual(instants('2026-10-25T01:59'), ['23:59'])
  t.deepEqual(instants('2026-10-25T02:00'), ['00:00', '01:00'])
  t.deepEqual(instants('2026-10-25T03:00'), ['02:00'])
  t.deepEqual(instants('2026-03-29T02:00'), [])
  t.deepEqual(instants('2026-03-29T03:00'), ['01:00'])
  t.is(new Date(instantOf(clock, Date.parse('2026-03-29T02:30Z'))).toISOString(), '2026-03-29T01:30:00.000Z')
  t.is(new Date(instantOf(clock, Date.parse('2026-10-25T02:30Z'))).toISOString(), '2026-10-25T00:30:00.000Z')
})

test('a day whose midnight is jumped over begins with the change', (t) => {
  const clock = clockOf('Africa/Cairo', Date.parse('2026-01-01T00:00Z'), Date.parse('2027-01-01T00:00Z'))
  const start = (date: string): string => new Date(startOfDay(clock, Date.parse(`${date}T00:00Z`))).toISOString()
  t.is(start('2026-04-24'), '2026-04-23T22:00:00.000Z')
  t.is(start('2026-10-30'), '2026-10-29T22:00:00.000Z')
  // 23:30 becomes 00:30: no clock of today, but some have been close.
  const [half, hour] = [1_800_000, 3_600_000]
  const across = [
    { from: 0, offset: 0 },
    { from: 24 * hour - half, offset: hour },
  ] as const
  t.is(startOfDay(across, 24 * hour), 24 * hour - half)
})
