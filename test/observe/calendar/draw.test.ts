import { stripVTControlCharacters } from 'node:util'
import test from 'ava'
import { drawWeek, noteOf } from '../../../scripts/lib/observe/calendar/draw.ts'
import { slotsOf } from '../../../scripts/lib/observe/calendar/slots.ts'
import { type Reading, type Week, weekOf } from '../../../scripts/lib/observe/calendar/week.ts'
import { byHand, defaults, noWish, schedule, wish } from './_example.ts'

const paris = 'Europe/Paris'
const week = (monday: string, zone = paris, reading: Reading = 'wall'): Week =>
  weekOf(defaults(zone), wish, monday, zone, reading)

test('a week without colour', (t) => {
  t.deepEqual(drawWeek(weekOf(byHand(paris), wish, '2026-11-23', paris, 'wall'), { colour: false }), [
    '            0     3     6     9     12    15    18    21    24',
    'Mon 23 Nov  !!!!!!!!!!!!!!!!!!····················██████████',
    'Tue 24 Nov  ██████████████████····················██████████',
    'Wed 25 Nov  ██████████████████····················██████████',
    'Thu 26 Nov  ██████████████████····················██████████',
    'Fri 27 Nov  ██████████████████····················██████████',
    'Sat 28 Nov  ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓██████████████████████████████',
    'Sun 29 Nov  ████████████████████████████████████████████████',
    '            · open   █ silent   ▓ silent twice   ! gap',
  ])
})

test('colour changes nothing but the colour', (t) => {
  for (const width of [40, 80]) {
    const plain = drawWeek(week('2026-10-19'), { colour: false, width }).join('\n')
    const painted = drawWeek(week('2026-10-19'), { colour: true, width }).join('\n')
    t.not(painted, plain)
    t.is(stripVTControlCharacters(painted), plain)
  }
})

test('a narrow terminal gets a cell an hour', (t) => {
  const lines = drawWeek(week('2026-11-23'), { colour: false, width: 40 })
  t.is(lines[0], '            0  3  6  9  12 15 18 21 24')
  t.is(lines[1], 'Mon 23 Nov  █████████··········█████')
  for (const line of lines) t.true(line.length <= 40, line)
})

test('days of a change have their hours noted, beside the row where there is room', (t) => {
  const forward = drawWeek(week('2027-03-22'), { colour: false, width: 100 })
  t.is(forward[7], 'Sun 28 Mar  ████  ████████████████████████████████▓▓▓▓▓▓▓▓▓▓  23 h, clock goes forward at 02:00')
  const back = drawWeek(week('2026-10-19'), { colour: false })
  t.is(back[7], 'Sun 25 Oct  ████████████████████████████████████████▓▓▓▓▓▓▓▓▓▓')
  t.is(back[8], '            25 h, clock goes back at 03:00')
})

const dayOf = (zone: string, monday: string, day: string): string => {
  const found = slotsOf(week(monday, zone)).find((each) => each.day === day)
  return found === undefined ? '' : `${found.slots.length}: ${noteOf(found)}`
}

test('half-hours and notes of changes all over the world', (t) => {
  t.is(dayOf(paris, '2027-03-22', 'Sun 28 Mar'), '46: 23 h, clock goes forward at 02:00')
  t.is(dayOf(paris, '2026-10-19', 'Sun 25 Oct'), '50: 25 h, clock goes back at 03:00')
  t.is(dayOf('Australia/Lord_Howe', '2026-03-30', 'Sun 5 Apr'), '49: 24.5 h, clock goes back at 02:00')
  t.is(dayOf('Australia/Lord_Howe', '2026-09-28', 'Sun 4 Oct'), '47: 23.5 h, clock goes forward at 02:00')
  t.is(dayOf('Africa/Cairo', '2026-04-20', 'Fri 24 Apr'), '46: 23 h, clock goes forward at 00:00')
  t.is(dayOf('Africa/Cairo', '2026-10-26', 'Thu 29 Oct'), '50: 25 h, clock goes back at 24:00')
  t.is(dayOf('America/Santiago', '2026-03-30', 'Sat 4 Apr'), '50: 25 h, clock goes back at 24:00')
  t.is(dayOf('America/Santiago', '2026-08-31', 'Sun 6 Sep'), '46: 23 h, clock goes forward at 00:00')
  t.is(dayOf('Asia/Beirut', '2026-10-19', 'Sat 24 Oct'), '50: 25 h, clock goes back at 24:00')
  t.is(dayOf('Antarctica/Troll', '2026-10-19', 'Sun 25 Oct'), '52: 26 h, clock goes back at 03:00')
  t.is(dayOf('Asia/Tokyo', '2026-10-19', 'Sun 25 Oct'), '48: undefined')
})

test('a row keeps to the ruler after an hour that is left out', (t) => {
  const cairo = drawWeek(week('2026-04-20', 'Africa/Cairo'), { colour: false })
  t.is(cairo[5], 'Fri 24 Apr    ████████████████····················██████████')
  const lordHowe = drawWeek(week('2026-09-28', 'Australia/Lord_Howe'), { colour: false })
  t.is(lordHowe[7]?.slice(12, 20), '████ ███')
})

test('a half-hour that is covered in part counts by its worst', (t) => {
  const slots = (from: string, to: string, wished: readonly (readonly [number, number])[]): string[] => {
    const all = [schedule('one', { days: ['monday'], from, to }, 'UTC')]
    return [
      ...(slotsOf(weekOf(all, { ...noWish, monday: wished }, '2026-11-23', 'UTC', 'wall'))[0]?.slots ?? []),
    ].slice(0, 4)
  }
  t.deepEqual(slots('00:10', '01:00', [[0, 60]]), ['gap', 'silent', 'open', 'open'])
  t.deepEqual(slots('00:00', '01:05', [[0, 60]]), ['silent', 'silent', 'extra', 'open'])
  t.deepEqual(slots('00:10', '00:20', [[20, 21]]), ['gap', 'open', 'open', 'open'])
  t.deepEqual(slots('00:00', '00:01', [[0, 1]]), ['silent', 'open', 'open', 'open'])
})

test('twice silent and not wished is told as not wished, twice for a part as twice', (t) => {
  const two = [
    schedule('one', { days: ['monday'], from: '00:00', to: '01:00' }, 'UTC'),
    schedule('two', { days: ['monday'], from: '00:20', to: '01:00' }, 'UTC'),
  ]
  const { slots = [] } = slotsOf(weekOf(two, { ...noWish, monday: [[0, 30]] }, '2026-11-23', 'UTC', 'wall'))[0] ?? {}
  t.deepEqual(slots.slice(0, 3), ['overlap', 'extra', 'open'])
})
