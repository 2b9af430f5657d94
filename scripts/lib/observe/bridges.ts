import { bridgeOf } from './calendar/bridge.ts'
import { startMargin } from './calendar/next.ts'
import { beginsAnew, type Change } from './changes.ts'
import { isObject, textOf } from './json.ts'
import type { Wanted } from './resources.ts'
import type { Live } from './types.ts'

/** Whether a downtime is on, or is before it can be told anything. */
const isInProgress = ({ wire: { status, schedule } }: Live, now: Date): boolean => {
  if (status === 'active') return true
  const next = isObject(schedule) && isObject(schedule.current_downtime) ? textOf(schedule.current_downtime.start) : ''
  return Date.parse(next) < now.getTime() + startMargin
}

/**
 * Downtimes whose hours have begun. The account refuses another start for one in progress, and any start in the past: it is made anew,
 * silent at once, before the old one is cancelled. Rejected: to wait for its end, which would leave the files and the account apart.
 */
export const withBridges = (changes: readonly Change[], { calendar }: Wanted, now: Date): Change[] =>
  changes.map((change) => {
    const schedule = calendar?.schedules.find(({ name }) => name === change.name)
    if (schedule === undefined || !beginsAnew(change)) return change
    const bridge = bridgeOf(schedule.recurrences, schedule.timezone, now) ?? null
    if (change.live === null) return { ...change, bridge }
    if (bridge === null && !isInProgress(change.live, now)) return change
    return {
      ...change,
      action: 'replace',
      bridge,
      reason: `${change.reason}; in progress, so it is made anew before the old one is cancelled`,
    }
  })
