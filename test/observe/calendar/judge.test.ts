import test from 'ava'
import { judge } from '../../../scripts/lib/observe/calendar/judge.ts'
import { sentencesOf } from '../../../scripts/lib/observe/calendar/sentence.ts'
import { readings } from '../../../scripts/lib/observe/calendar/week.ts'
import { weeksAround } from '../../../scripts/lib/observe/calendar/weeks.ts'
import { byHand, defaults, longWeekend, noWish, now, schedule, wish } from './_example.ts'

const paris = 'Europe/Paris'
const labels = ({ weeks }: ReturnType<typeof judge>): string[] => weeks.map(({ label }) => label)

/** Mondays of the coming week and of those in which a clock is changed. */
const weeksToLookAt = (zone: string, at: Date): string[] =>
  weeksAround(zone, at)
    .filter(({ coming, change }) => coming || change?.when === 'in')
    .map(({ monday }) => monday)

test('the weeks are the coming one and those of the next changes', (t) => {
  t.deepEqual(weeksToLookAt(paris, now), ['2026-11-23', '2027-03-22', '2027-10-25'])
  t.deepEqual(weeksToLookAt('Australia/Sydney', now), ['2026-11-23', '2027-03-29', '2027-09-27'])
  t.deepEqual(weeksToLookAt('Asia/Tokyo', now), ['2026-11-23'])
  t.deepEqual(weeksToLookAt('UTC', now), ['2026-11-23'])
})

test('the coming week is the one after now, by the clock of the zone', (t) => {
  t.is(weeksToLookAt('UTC', new Date('2026-11-22T23:59Z'))[0], '2026-11-23')
  t.is(weeksToLookAt('UTC', new Date('2026-11-23T00:00Z'))[0], '2026-11-30')
  t.is(weeksToLookAt('Asia/Tokyo', new Date('2026-11-22T15:00Z'))[0], '2026-11-30')
  t.is(weeksToLookAt('America/New_York', new Date('2026-11-23T04:59Z'))[0], '2026-11-23')
})

test('a coming week that follows a change is told as such, and an ordinary one is looked at too', (t) => {
  const weeks = weeksAround(paris, new Date('2026-10-25T12:00Z'))
  t.deepEqual(weeks[0], {
    monday: '2026-10-26',
    coming: true,
    change: { zone: paris, direction: 'back', when: 'before' },
  })
  t.deepEqual(weeks[1], { monday: '2026-11-02', coming: false })
  t.deepEqual(
    weeks.filter(({ change }) => change?.when === 'in').map(({ monday }) => monday),
    ['2027-03-22', '2027-10-25'],
  )
})

test('a change that is ahead in the running week is looked at, and so is that of next year', (t) => {
  const wednesday = new Date('2026-10-21T12:00Z')
  t.deepEqual(weeksToLookAt(paris, wednesday), ['2026-10-19', '2026-10-26', '2027-03-22', '2027-10-25'])
  t.deepEqual(weeksToLookAt(paris, new Date('2026-10-25T02:00Z')), ['2026-10-26', '2027-03-22', '2027-10-25'])
  const judged = judge(byHand(paris), wish, paris, wednesday)
  const gap = (date: string): string =>
    `gap: Sun ${date} 23:00 to 24:00, when the clock goes back, if Datadog counts elapsed hours`
  t.deepEqual(judged.findings.slice(1), [gap('25 Oct 2026'), gap('31 Oct 2027')])
  t.true(labels(judged).includes('week of Mon 26 Oct 2026, the week after the clock goes back'))
})

test('nothing is found in the default downtimes, and each week is drawn once', (t) => {
  const judged = judge(defaults(paris), wish, paris, now)
  t.deepEqual(judged.findings, [])
  t.deepEqual(judged.gaps, [])
  t.deepEqual(labels(judged), [
    'week of Mon 23 Nov 2026',
    'week of Mon 22 Mar 2027, when the clock goes forward',
    'week of Mon 25 Oct 2027, when the clock goes back',
  ])
})

test('the downtimes made by hand miss Monday morning every week and an hour when the clock goes back', (t) => {
  const judged = judge(byHand(paris), wish, paris, now)
  t.deepEqual(judged.findings, [
    'gap: Monday 00:00 to 09:00 is not silent (every week)',
    'gap: Sun 31 Oct 2027 23:00 to 24:00, when the clock goes back, if Datadog counts elapsed hours',
  ])
  t.deepEqual(
    judged.gaps.map(({ everyWeek, readings }) => ({ everyWeek, readings })),
    [
      { everyWeek: true, readings: ['wall', 'elapsed'] },
      { everyWeek: false, readings: ['elapsed'] },
    ],
  )
  t.deepEqual(labels(judged).slice(2), [
    'week of Mon 25 Oct 2027, when the clock goes back, if Datadog counts hours of the wall clock',
    'week of Mon 25 Oct 2027, when the clock goes back, if Datadog counts elapsed hours',
  ])
})

test('a weekend of 57 hours misses an hour in the week after the clock goes back', (t) => {
  const judged = judge(longWeekend(paris), wish, paris, now)
  t.deepEqual(judged.findings, [
    'gap: Mon 1 Nov 2027 08:00 to 09:00, the week after the clock goes back, if Datadog counts elapsed hours',
    'extra: Mon 29 Mar 2027 09:00 to 10:00, the week after the clock goes forward, if Datadog counts elapsed hours',
  ])
  t.true(labels(judged).some((label) => label.startsWith('week of Mon 1 Nov 2027')))
})

test('the same is found when the coming week is the one with the change, or the one after it', (t) => {
  for (const at of ['2027-10-20T12:00Z', '2027-10-27T12:00Z', '2027-10-31T12:00Z']) {
    const { findings } = judge(longWeekend(paris), wish, paris, new Date(at))
    const gap =
      'gap: Mon 1 Nov 2027 08:00 to 09:00, the week after the clock goes back, if Datadog counts elapsed hours'
    t.is(findings[0], gap, at)
    t.is(
      judge(byHand(paris), wish, paris, new Date(at)).findings[0],
      'gap: Monday 00:00 to 09:00 is not silent (every week)',
    )
  }
})

test('times in UTC by accident are told as such, for winter and summer', (t) => {
  t.deepEqual(judge(defaults('UTC'), wish, paris, now).findings, [
    'zone: nights counts in UTC, the wished hours in Europe/Paris',
    'zone: weekend counts in UTC, the wished hours in Europe/Paris',
    'gap: Monday to Friday, 19:00 to 20:00 is not silent (weeks like that of Mon 23 Nov 2026)',
    'gap: Monday to Friday, 19:00 to 21:00 is not silent (weeks like that of Mon 5 Apr 2027)',
    'extra: Monday to Friday, 09:00 to 10:00 is silent and not wished (weeks like that of Mon 23 Nov 2026)',
    'extra: Monday to Friday, 09:00 to 11:00 is silent and not wished (weeks like that of Mon 5 Apr 2027)',
  ])
})

test('the clock of another zone than that of the wished hours is looked at and named', (t) => {
  t.deepEqual(labels(judge(defaults(paris), wish, 'UTC', now)), [
    'week of Mon 23 Nov 2026',
    'week of Mon 22 Mar 2027, when the clock of Europe/Paris goes forward',
    'week of Mon 5 Apr 2027',
    'week of Mon 25 Oct 2027, when the clock of Europe/Paris goes back',
  ])
})

test('without downtimes all that is wished is a gap, days with the same hours in one line', (t) => {
  t.deepEqual(judge([], { ...noWish, monday: [[60, 120]], friday: [[60, 120]] }, 'UTC', now).findings, [
    'gap: Monday and Friday, 01:00 to 02:00 is not silent (every week)',
  ])
  t.deepEqual(judge([], { ...noWish, saturday: [[0, 1440]], sunday: [[0, 600]] }, 'UTC', now).findings, [
    'gap: Saturday 00:00 to Sunday 10:00 is not silent (every week)',
  ])
  const [late, soon] = [[[1320, 1440]], [[0, 120]]] as const
  t.deepEqual(
    judge([], { ...noWish, monday: late, tuesday: soon, friday: late, saturday: soon }, 'UTC', now).findings,
    [
      'gap: Monday 22:00 to Tuesday 02:00 is not silent (every week)',
      'gap: Friday 22:00 to Saturday 02:00 is not silent (every week)',
    ],
  )
})

test('hours of more than a day are not taken for the same hours of one', (t) => {
  const wished = {
    ...noWish,
    monday: [[1320, 1440]],
    tuesday: [[0, 1440]],
    wednesday: [[0, 1380]],
    friday: [[1320, 1380]],
  } as const
  t.deepEqual(judge([], wished, 'UTC', now).findings, [
    'gap: Monday 22:00 to Wednesday 23:00 is not silent (every week)',
    'gap: Friday 22:00 to 23:00 is not silent (every week)',
  ])
})

test('what is missing in winter and in summer is told once', (t) => {
  const more = schedule('more', { days: ['saturday'], from: '03:00', for: '1h' }, 'UTC')
  t.deepEqual(judge([...byHand(paris), more], wish, paris, now).findings, [
    'zone: more counts in UTC, the wished hours in Europe/Paris',
    ...judge(byHand(paris), wish, paris, now).findings,
  ])
})

test('the same hours on days of different weeks are told one by one', (t) => {
  const found = (['2026-11-23', '2027-04-06'] as const).map((date, index) => {
    const monday = ['2026-11-23', '2027-04-05'][index] ?? ''
    const ends = { from: `${date}T19:00+01:00`, to: `${date}T20:00+01:00` }
    return {
      each: { kind: 'gap', monday, ...ends, everyWeek: false, readings } as const,
      looked: { monday, coming: false },
    }
  })
  t.deepEqual(sentencesOf(found, paris), [
    'gap: Monday 19:00 to 20:00 is not silent (weeks like that of Mon 23 Nov 2026)',
    'gap: Tuesday 19:00 to 20:00 is not silent (weeks like that of Mon 5 Apr 2027)',
  ])
})

test('what is silent and not wished is told once, though two downtimes share it', (t) => {
  const two = [
    schedule('one', { days: ['monday'], from: '10:00', to: '12:00' }, 'UTC'),
    schedule('two', { days: ['monday'], from: '11:00', to: '13:00' }, 'UTC'),
  ]
  t.deepEqual(judge(two, noWish, 'UTC', now).findings, [
    'extra: Monday 10:00 to 13:00 is silent and not wished (every week)',
  ])
})
