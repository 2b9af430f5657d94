// Adds hours to the wanted ones or removes them.

import { day, minute, type Weekday, weekdayIndex, weekdays } from './days.ts'
import type { Stretch, Wish } from './week.ts'

/** Minutes of the week, from 0 on Monday 00:00 to 10080; the second is exclusive. */
export type WeekRange = readonly [from: number, to: number]

/** A period's place in its week by the wall clock, for weeks without a clock change. */
export const rangeOf = ({ from, to }: Pick<Stretch, 'from' | 'to'>): WeekRange => {
  const wall = (iso: string): number => Date.parse(`${iso.slice(0, 16)}Z`)
  const start = wall(from)
  const first = weekdayIndex(start) * 1440 + (start % day) / minute
  return [first, first + (wall(to) - start) / minute]
}

/** The parts of ranges that are outside others. */
const outside = (ranges: readonly WeekRange[], others: readonly WeekRange[]): WeekRange[] =>
  others.reduce<WeekRange[]>(
    (left, [from, to]) =>
      left.flatMap(([start, end]) => {
        const parts: WeekRange[] = [
          [start, Math.min(end, from)],
          [Math.max(start, to), end],
        ]
        return parts.filter(([a, b]) => a < b)
      }),
    [...ranges],
  )

const dayRange = (weekday: Weekday): WeekRange => {
  const start = weekdays.indexOf(weekday) * 1440
  return [start, start + 1440]
}

/** Builds a wish from a function of the weekday. */
const everyDay = (rangesOf: (weekday: Weekday) => Wish[Weekday]): Wish => ({
  monday: rangesOf('monday'),
  tuesday: rangesOf('tuesday'),
  wednesday: rangesOf('wednesday'),
  thursday: rangesOf('thursday'),
  friday: rangesOf('friday'),
  saturday: rangesOf('saturday'),
  sunday: rangesOf('sunday'),
})

/** A wish without some hours, so that hours known to be missing every week are not reported again. */
export const withoutHours = (wish: Wish, hours: readonly WeekRange[]): Wish =>
  everyDay((weekday) => {
    const [start] = dayRange(weekday)
    const wished = wish[weekday].map(([from, to]): WeekRange => [start + from, start + to])
    return outside(wished, hours).map(([from, to]) => [from - start, to - start])
  })

/** The wish with some more hours. */
export const withHours = (wish: Wish, hours: readonly WeekRange[]): Wish =>
  everyDay((weekday) => {
    const [start, end] = dayRange(weekday)
    const more = hours
      .map(([from, to]): WeekRange => [Math.max(from, start) - start, Math.min(to, end) - start])
      .filter(([from, to]) => from < to)
    return [...wish[weekday], ...more]
  })
