import type { Preview, PreviewWeek, Slot } from '../../../scripts/lib/observe/show/page.ts'
import { board, monitors } from './_dashboard.ts'

const slots = (...runs: readonly (readonly [Slot, number])[]): Slot[] =>
  runs.flatMap(([slot, count]) => Array.from({ length: count }, () => slot))

const names = ['Mon 23 Nov', 'Tue 24 Nov', 'Wed 25 Nov', 'Thu 26 Nov', 'Fri 27 Nov', 'Sat 28 Nov', 'Sun 29 Nov']
const workday = slots(['silent', 18], ['open', 20], ['silent', 10])

/** A week with one of everything: a gap on Monday, an hour too much on Wednesday, twice silent on Saturday, Sunday of 25 hours. */
export const week: PreviewWeek = {
  rows: names.map((day, index) => ({
    day,
    slots:
      [
        slots(['gap', 18], ['open', 20], ['silent', 10]),
        workday,
        slots(['silent', 18], ['extra', 2], ['open', 18], ['silent', 10]),
        workday,
        workday,
        slots(['overlap', 18], ['silent', 30]),
        slots(['silent', 50]),
      ][index] ?? [],
    ...(index === 6 ? { change: { index: 6, skipped: -2 } } : {}),
  })),
  label: 'week of Mon 23 Nov 2026',
  notes: ['gap: Monday 00:00 to 09:00 is not silent', 'Sunday has 25 h, the clock goes back at 03:00'],
}

export const downtimes: Preview['downtimes'] = [
  {
    name: 'nights',
    wire: {
      message: 'Nobody is woken. @slack-night',
      scope: '*',
      monitor_identifier: { monitor_tags: ['boxhound_box:lab'] },
      schedule: {
        timezone: 'Europe/Paris',
        recurrences: [
          { start: '2026-11-26T19:00', duration: '14h', rrule: 'FREQ=WEEKLY;BYDAY=MO,TH' },
          { start: '2026-12-01T03:00', duration: '2h', rrule: 'FREQ=MONTHLY;BYMONTHDAY=1' },
        ],
      },
    },
  },
  {
    name: 'once',
    wire: {
      message: 'Move',
      scope: 'role:db',
      monitor_identifier: { monitor_id: 7 },
      schedule: { start: '2026-12-01T00:00:00Z' },
    },
  },
]

export const preview: Preview = {
  box: 'lab',
  version: '1.0.0',
  now: new Date('2026-11-26T13:20:00Z'),
  timezone: 'Europe/Paris',
  isAssumed: false,
  dashboards: [{ name: 'overview', wire: board }],
  monitors,
  week: [week],
  downtimes,
  hints: { my_metric: { min: 0, max: 1000, interval: 45 } },
}
