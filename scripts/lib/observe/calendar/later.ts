// Hours that become silent only later.

import { clockOf } from './clock.ts'
import { day, isoDate } from './days.ts'
import { type Ends, joined } from './difference.ts'
import type { Schedule } from './recurrence.ts'
import { iso, type Wish, weekOf } from './week.ts'
import { mondayWall } from './weeks.ts'
import { rangeOf, withoutHours } from './wish.ts'

/** The current week and those after it: no first start is more than 16 days away. */
const weeks = [0, 1, 2, 3]

/**
 * Wanted hours from `now` on that will be silent every week but aren't yet, because their downtime begins later.
 *
 * API v2 refuses a start in the past ("Downtime cannot be scheduled in the past"; Datadog's own datadog-sync-cli moves
 * such starts to the next occurrence). So if one applies in the middle of a night or weekend, the rest of it is not
 * silent. Reported under one reading of a duration, since a difference between the two is reported as a gap.
 *
 * @param fresh names of the schedules that are only now sent to the account; the others already exist.
 * @param bridged until when (in milliseconds) bridges keep hours silent that have begun already.
 */
export const notYetSilent = (
  schedules: readonly Schedule[],
  wish: Wish,
  zone: string,
  now: Date,
  fresh: ReadonlySet<string>,
  bridged = Number.NEGATIVE_INFINITY,
): Ends[] => {
  const at = now.getTime()
  const beginning = schedules.map((one): Schedule => (fresh.has(one.name) ? { ...one, fresh: true } : one))
  const running = mondayWall(clockOf(zone, at - day, at + day), at)
  const missing = weeks.flatMap((index) => {
    const monday = isoDate(running + index * 7 * day)
    const always = weekOf(schedules, wish, monday, zone, 'wall').gaps
    return weekOf(beginning, withoutHours(wish, always.map(rangeOf)), monday, zone, 'wall').gaps
  })
  return joined(missing)
    .filter(({ to }) => Date.parse(to) > Math.max(at, bridged))
    .map(({ from, to }) => ({
      from: Date.parse(from) < Math.max(at, bridged) ? iso(Math.max(at, bridged), zone) : from,
      to,
    }))
}
