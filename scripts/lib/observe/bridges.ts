// Downtimes in progress: silent at once, made anew.

import { isObject, listOf, textOf } from '../_helpers/json.ts'
import { type Bridge, bridgeOf } from './calendar/bridge.ts'
import { startMargin } from './calendar/next.ts'
import { beginsAnew, type Change } from './changes.ts'
import { isJsonObject } from './json-object.ts'
import type { Live, Resource } from './resource-kinds.ts'
import type { Wanted } from './resources.ts'

/** Whether a downtime is on, or is before it can be told anything. */
const isInProgress = ({ wire: { status, schedule } }: Live, now: Date): boolean => {
  if (status === 'active') return true
  const next = isObject(schedule) && isObject(schedule.current_downtime) ? textOf(schedule.current_downtime.start) : ''
  return Date.parse(next) < now.getTime() + startMargin
}

/** The bridge of a downtime's rules; none for rules that no week can show. */
const bridgeFor = ({ wire: { schedule } }: Resource, now: Date): Bridge | null => {
  if (!isObject(schedule)) return null
  const rules = listOf(schedule.recurrences)
    .filter(isJsonObject)
    .map(({ start, duration, rrule }) => ({ start: textOf(start), duration: textOf(duration), rrule: textOf(rrule) }))
  try {
    return bridgeOf(rules, textOf(schedule.timezone) || 'UTC', now) ?? null
  } catch {
    return null
  }
}

/** Of one in progress the account changes the message, and no more. */
const isImmutable = ({ fields }: Change): boolean => fields.some(({ path }) => path !== 'message')

const withBridge = (change: Change, isOwn: boolean, now: Date): Change => {
  const { kind, action, wanted, live } = change
  if (kind !== 'downtime' || wanted === null || (action !== 'add' && action !== 'change')) return change
  if (live === null) return isOwn ? { ...change, bridge: bridgeFor(wanted, now) } : change
  const isOn = isInProgress(live, now)
  // What an export says begins when it says so: only one that is on already is to stay on.
  const bridge = isOn || (isOwn && beginsAnew(change)) ? bridgeFor(wanted, now) : null
  if (!(isOn && isImmutable(change)) && !(beginsAnew(change) && bridge !== null)) return change
  return {
    ...change,
    action: 'replace',
    bridge,
    reason: `${change.reason}; in progress, so it is made anew before the old one is cancelled`,
  }
}

/**
 * Downtimes whose hours have begun. The account refuses another start for one in progress, and any start in the past: it is made anew,
 * silent at once, before the old one is cancelled. Rejected: to wait for its end, which would leave the files and the account apart.
 */
export const withBridges = (changes: readonly Change[], { calendar }: Wanted, now: Date): Change[] =>
  changes.map((change) =>
    withBridge(change, calendar?.schedules.some(({ name }) => name === change.name) === true, now),
  )
