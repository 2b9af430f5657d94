import test from 'ava'
import fc from 'fast-check'
import { clockChanges } from '../../../scripts/lib/observe/calendar/changes.ts'
import { judge } from '../../../scripts/lib/observe/calendar/judge.ts'
import { readings, weekOf } from '../../../scripts/lib/observe/calendar/week.ts'
import { defaults, ends, wish } from './_example.ts'

const year = new Date('2026-01-01T00:00Z')
const zones = Intl.supportedValuesOf('timeZone')
const changing = zones.filter((zone) => clockChanges(zone, year, 53).length > 0)
// The one whose clock is put back in a night between two workdays, on Thursday at 24:00: 14 elapsed hours end at 08:00.
const early = 'Africa/Cairo'

test('nights of fourteen hours and a weekend of two days leave no gap in any zone, next year, but in the one that changes its clock on a workday', (t) => {
  t.true(changing.length > 100)
  const found = changing.filter((zone) => judge(defaults(zone, year), wish, zone, year).gaps.length > 0)
  t.deepEqual(found, [early])
})

test('there, the gap is an hour of one morning, if Datadog counts elapsed hours', (t) => {
  const { gaps, findings } = judge(defaults(early, year), wish, early, year)
  t.deepEqual(ends(gaps), ['10-30T08:00 to 10-30T09:00'])
  t.deepEqual(findings, [
    'gap: Fri 30 Oct 2026 08:00 to 09:00, when the clock goes back, if Datadog counts elapsed hours',
    'extra: Fri 24 Apr 2026 09:00 to 10:00, when the clock goes forward, if Datadog counts elapsed hours',
  ])
})

test('any week of any other zone has no gap in either reading', (t) => {
  const others = zones.filter((zone) => zone !== early)
  fc.assert(
    fc.property(fc.constantFrom(...others), fc.integer({ min: 0, max: 260 }), (zone, weeks) => {
      const monday = new Date(Date.UTC(2026, 0, 5 + weeks * 7)).toISOString().slice(0, 10)
      for (const reading of readings) t.deepEqual(weekOf(defaults(zone), wish, monday, zone, reading).gaps, [])
    }),
    { numRuns: 300 },
  )
})
