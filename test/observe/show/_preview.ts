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
  notes: ['gap: Monday 00:00 to 09:00 is not silent', 'Sunday has 25 h, the clock goes back at 03:00'],
}

export const preview: Preview = {
  ...{
    box: 'lab',
    version: '1.0.0',
    now: new Date('2026-11-26T13:20:00Z'),
    timezone: 'Europe/Paris',
    isAssumed: false,
  },
  dashboards: [{ name: 'overview', wire: board }],
  ...{ monitors, week: [week] },
  hints: { my_metric: { min: 0, max: 1000, interval: 45 } },
}
