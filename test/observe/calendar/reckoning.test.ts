import test from 'ava'
import fc from 'fast-check'
import { clockChanges } from '../../../scripts/lib/observe/calendar/changes.ts'
import { clockTime, codeOf, type Weekday, weekdays } from '../../../scripts/lib/observe/calendar/days.ts'
import type { Schedule } from '../../../scripts/lib/observe/calendar/recurrence.ts'
import { type Reading, type Week, type Wish, weekOf } from '../../../scripts/lib/observe/calendar/week.ts'

/*
 * Another way to the same answer: the clock of a zone is a table, made by Intl alone, of what it shows at every step of three weeks;
 * everything is found by looking it up. Steps are of 15 minutes, to which all clocks of the world keep since 2010, or of one.
 */
interface Row {
  readonly at: number
  /** `2026-11-23T19:00`. */
  readonly wall: string
}

const dayLength = 86_400_000

const tableOf = (zone: string, from: number, to: number, step: number): Row[] => {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  return Array.from({ length: (to - from) / (step * 60_000) }, (_, index) => {
    const at = from + index * step * 60_000
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
    return { at, wall: `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}` }
  })
}

const find = (table: readonly Row[], wall: string): number | undefined => {
  const exact = table.find((row) => row.wall === wall)
  if (exact !== undefined) return exact.at
  const before = table.find((row, index) => row.wall < wall && (table[index + 1]?.wall ?? '') > wall)
  return before === undefined ? undefined : before.at + Date.parse(`${wall}Z`) - Date.parse(`${before.wall}Z`)
}

const dayOf = (wall: string): string => weekdays[(new Date(`${wall.slice(0, 10)}T12:00Z`).getUTCDay() + 6) % 7] ?? ''

interface Rule {
  readonly days: readonly Weekday[]
  readonly minuteOfDay: number
  readonly minutes: number
}

const silentIn = (table: readonly Row[], { days, minuteOfDay, minutes }: Rule, reading: Reading): Set<number> => {
  const silent = new Set<number>()
  const dates = [...new Set(table.map(({ wall }) => wall.slice(0, 10)))].filter((date) =>
    days.some((d) => d === dayOf(date)),
  )
  for (const date of dates) {
    const wall = `${date}T${clockTime(minuteOfDay)}`
    const endWall = new Date(Date.parse(`${wall}Z`) + minutes * 60_000).toISOString().slice(0, 16)
    const start = find(table, wall)
    if (start === undefined) continue
    const end = reading === 'elapsed' ? start + minutes * 60_000 : (find(table, endWall) ?? Number.POSITIVE_INFINITY)
    for (const { at } of table) if (at >= start && at < end) silent.add(at)
  }
  return silent
}

const wishedAt = (wish: Wish, wall: string): boolean => {
  const minutes = Number(wall.slice(11, 13)) * 60 + Number(wall.slice(14))
  return weekdays.some((name) => name === dayOf(wall) && wish[name].some(([a, b]) => minutes >= a && minutes < b))
}

interface Named {
  readonly name: string
  readonly zone: string
  readonly rule: Rule
}

/** One line for every step of the week: its instant, who is silent, whether it is wished. */
const reckoned = (
  named: readonly Named[],
  wish: Wish,
  monday: string,
  zone: string,
  reading: Reading,
  step: number,
) => {
  const date = Date.parse(`${monday}T00:00Z`)
  const [from, to] = [date - 12 * dayLength, date + 10 * dayLength]
  const sunday = new Date(date + 6 * dayLength).toISOString().slice(0, 10)
  const silent = named.map(({ name, zone: own, rule }) => ({
    name,
    at: silentIn(tableOf(own, from, to, step), rule, reading),
  }))
  return tableOf(zone, from, to, step)
    .filter(({ wall }) => wall.slice(0, 10) >= monday && wall.slice(0, 10) <= sunday)
    .map(({ at, wall }) => ({
      at,
      names: silent.filter((each) => each.at.has(at)).map(({ name }) => name),
      wished: wishedAt(wish, wall),
    }))
}

const covers = (stretches: Week['gaps'], at: number) =>
  stretches.find(({ from, to }) => Date.parse(from) <= at && at < Date.parse(to))

const differing = (week: Week, lines: ReturnType<typeof reckoned>, step: number): string[] => {
  const wrong = lines.flatMap(({ at, names, wished }) => {
    const same =
      (covers(week.silent, at)?.names ?? []).join() === names.join() &&
      (covers(week.overlaps, at) !== undefined) === names.length > 1 &&
      (covers(week.gaps, at) !== undefined) === (wished && names.length === 0) &&
      (covers(week.extra, at) !== undefined) === (!wished && names.length > 0)
    return same ? [] : [new Date(at).toISOString()]
  })
  const hours = (count: number): number => (count * step) / 60
  if (Math.abs(week.hours.wished - hours(lines.filter(({ wished }) => wished).length)) > 1e-6)
    wrong.push('wished hours')
  if (Math.abs(week.hours.silent - hours(lines.filter(({ names }) => names.length > 0).length)) > 1e-6)
    wrong.push('silent hours')
  return wrong
}

const scheduleOf = ({ name, zone, rule }: Named): Schedule => {
  const first = rule.days[0] ?? 'monday'
  const date = new Date(Date.UTC(2026, 10, 23 + weekdays.indexOf(first))).toISOString().slice(0, 10)
  const start = `${date}T${clockTime(rule.minuteOfDay)}`
  const rrule = `FREQ=WEEKLY;BYDAY=${rule.days.map(codeOf).join(',')}`
  return { name, timezone: zone, recurrences: [{ start, duration: `${rule.minutes}m`, rrule }] }
}

const mondayOf = (at: Date): string => {
  const date = Math.floor(at.getTime() / dayLength) * dayLength
  return new Date(date - ((new Date(date).getUTCDay() + 6) % 7) * dayLength).toISOString().slice(0, 10)
}

const zones = Intl.supportedValuesOf('timeZone')
const changing = zones.filter((zone) => clockChanges(zone, new Date('2026-01-01T00:00Z'), 53).length > 0)
const zoneIn = fc.oneof(fc.constantFrom(...changing), fc.constantFrom(...zones, 'UTC'))
const multiple = (step: number, min: number, max: number) =>
  fc.integer({ min: Math.ceil(min / step), max: Math.floor(max / step) }).map((count) => count * step)
const ruleOf = (step: number) =>
  fc.record({
    days: fc.subarray([...weekdays], { minLength: 1 }),
    minuteOfDay: fc.oneof(multiple(step, 0, 1439), multiple(step, 0, 180)),
    minutes: fc.oneof(multiple(step, step, 1440), multiple(step, step, 10_080)),
  })
const rangesOf = (step: number) =>
  fc
    .uniqueArray(multiple(step, 0, 1440), { maxLength: 4 })
    .map((all) => all.toSorted((a, b) => a - b))
    .map((all) => all.flatMap((to, index) => (index % 2 === 1 ? [[all[index - 1] ?? 0, to] as const] : [])))
const wishOf = (step: number) => {
  const ranges = rangesOf(step)
  return fc.record({
    monday: ranges,
    tuesday: ranges,
    wednesday: ranges,
    thursday: ranges,
    friday: ranges,
    saturday: ranges,
    sunday: ranges,
  })
}

/** A case: mostly the week of a change of the clock or the one after it. */
const caseOf = (step: number) =>
  fc
    .record({
      zone: zoneIn,
      own: fc.array(fc.record({ foreign: fc.option(zoneIn), rule: ruleOf(step) }), { minLength: 1, maxLength: 3 }),
      wish: wishOf(step),
      at: fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
      weeksOn: fc.constantFrom(0, 0, 1, 5),
      reading: fc.constantFrom<Reading>('elapsed', 'wall'),
    })
    .map(({ zone, own, wish, at, weeksOn, reading }) => {
      const change = clockChanges(zone, at, 40)[0]?.at ?? at
      return {
        zone,
        wish,
        reading,
        monday: mondayOf(new Date(change.getTime() + weeksOn * 7 * dayLength)),
        named: own.map(({ foreign, rule }, index) => ({ name: `s${index}`, zone: foreign ?? zone, rule })),
      }
    })

const agrees = test.macro((t, step: number, runs: number) => {
  fc.assert(
    fc.property(caseOf(step), ({ zone, wish, reading, monday, named }) => {
      const week = weekOf(named.map(scheduleOf), wish, monday, zone, reading)
      t.deepEqual(differing(week, reckoned(named, wish, monday, zone, reading, step), step), [])
    }),
    { numRuns: runs },
  )
})

test('weeks agree with a table of what the clock shows, by quarters of an hour', agrees, 15, 150)
test('weeks agree with a table of what the clock shows, minute by minute', agrees, 1, 4)
