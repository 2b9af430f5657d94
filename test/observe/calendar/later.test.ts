import test from 'ava'
import { judge } from '../../../scripts/lib/observe/calendar/judge.ts'
import { calendarText } from '../../../scripts/lib/observe/terminal.ts'
import { byHand, defaults, noWish, schedule, wish } from './_example.ts'

const paris = 'Europe/Paris'
const both = ['nights', 'weekend']

/** What is told of a box's default downtimes at a time, when those of these names are told to the account then. */
const toldAt = (text: string, fresh: readonly string[] = both, zone = paris): readonly string[] => {
  const at = new Date(text)
  return judge(defaults(zone, at), wish, zone, at, new Set(fresh)).findings
}

const later = (stretch: string): string => `later: ${stretch} is not silent yet: a downtime cannot begin in the past`

test('in the middle of a weekend its rest is told: its downtime begins with the next one', (t) => {
  // A Saturday, 12:00 in Paris.
  t.deepEqual(toldAt('2026-11-28T11:00:30Z'), [later('Sat 28 Nov 2026 12:00 to Sun 29 Nov 2026 19:00')])
  t.deepEqual(toldAt('2026-11-28T11:00Z', ['weekend']), [later('Sat 28 Nov 2026 12:00 to Sun 29 Nov 2026 19:00')])
})

test('in the middle of a night its rest is told', (t) => {
  t.deepEqual(toldAt('2026-11-25T21:00Z'), [later('Wed 25 Nov 2026 22:00 to Thu 26 Nov 2026 09:00')])
  // The week ends in it.
  t.deepEqual(toldAt('2026-11-29T21:00Z'), [later('Sun 29 Nov 2026 22:00 to Mon 30 Nov 2026 09:00')])
})

test('minutes before a night it is told that this one is left out', (t) => {
  t.deepEqual(toldAt('2026-11-25T17:55Z'), [later('Wed 25 Nov 2026 19:00 to Thu 26 Nov 2026 09:00')])
  t.deepEqual(toldAt('2026-11-25T17:50Z'), [])
})

test('a downtime that the account has runs on, and another may cover what is not silent yet', (t) => {
  t.deepEqual(toldAt('2026-11-28T11:00Z', []), [])
  t.deepEqual(toldAt('2026-11-28T11:00Z', ['nights']), [])
  t.deepEqual(toldAt('2026-11-25T21:00Z', ['weekend']), [])
})

test('nothing is told in hours that nobody wishes to be silent', (t) => {
  t.deepEqual(toldAt('2026-11-25T12:00Z'), [])
  const at = new Date('2026-11-28T11:00Z')
  const findings = judge(defaults(paris, at), noWish, paris, at, new Set(both)).findings
  t.false(findings.some((one) => one.startsWith('later')))
})

test('what is missing every week is told as a gap alone', (t) => {
  const at = new Date('2026-11-23T05:00Z')
  const judged = judge(byHand(paris), wish, paris, at, new Set(both))
  t.is(judged.findings[0], 'gap: Monday 00:00 to 09:00 is not silent (every week)')
  t.false(
    judged.findings.some((one) => one.includes('Mon 23 Nov')),
    judged.findings.join('\n'),
  )
})

test('across a change of the clock, and to a start that is two weeks away', (t) => {
  t.deepEqual(toldAt('2026-10-25T00:30Z'), [
    later('Sun 25 Oct 2026 02:30 to Sun 25 Oct 2026 19:00').replace('to Sun 25 Oct 2026 ', 'to '),
  ])
  const at = new Date('2027-03-21T02:00Z')
  const early = schedule('early', { days: ['sunday'], from: '02:30', for: '1h' }, paris, at)
  t.is(early.recurrences[0]?.start, '2027-04-04T02:30')
  const findings = judge([early], { ...noWish, sunday: [[150, 210]] }, paris, at, new Set(['early'])).findings
  t.true(findings.includes(later('Sun 21 Mar 2027 03:00 to 03:30')), findings.join('\n'))
})

test('it is told in the terminal in place of "covered", and it is no gap that stops anything', (t) => {
  const at = new Date('2026-11-28T11:00Z')
  const judged = judge(defaults(paris, at), wish, paris, at, new Set(both))
  t.deepEqual(judged.gaps, [])
  const text = calendarText(judged, paris, (style, words) => `<${style}>${words}`, { colour: false, width: 120 })
  t.true(text.includes(`<yellow>  ${later('Sat 28 Nov 2026 12:00 to Sun 29 Nov 2026 19:00')}`), text)
  t.false(text.includes('is covered'))
})
