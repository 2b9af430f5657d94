// Rules for anomalies(): shares and windows.

import { isObject, textOf } from '../_helpers/json.ts'
import type { Fields, Tell } from './monitor-fields.ts'
import { limitsOf, queriesOf } from './monitor-limits.ts'
import { windowMinutes } from './monitor-options.ts'
import { isAnomaly, isUpwards } from './monitor-types.ts'

/** anomalies() returns a share from 0 to 1: how much of the window was unusual. */
export const tellShares = (monitor: Fields, tell: Tell): void => {
  if (!queriesOf(monitor).some(isAnomaly)) return
  for (const { path, side, limit } of limitsOf(monitor)) {
    if (!isUpwards(side)) {
      tell(path, 'above or at_least: anomalies() is the share of the window that is unusual')
      continue
    }
    for (const [name, value] of Object.entries(limit)) {
      const isState = name === 'critical' || name === 'warning'
      if (value === undefined) continue
      if (value < 0 || value > 1) tell([...path, name], 'a share from 0 to 1, which anomalies() is')
      else if (isState && side === 'above' && value === 1)
        tell([...path, name], 'a share below 1, or at_least: 1: more than all of a window is never unusual')
      else if (isState && side === 'at_least' && value === 0)
        tell([...path, name], 'a share above 0: every window has at least that much')
    }
  }
}

/**
 * Reports alerts that could end as soon as they begin: while the recovery window is clean, the trigger window may still
 * contain enough anomalies. The account refuses that ("simultaneously in alert and alert recovery states").
 */
export const tellAmbiguous = (monitor: Fields, tell: Tell): void => {
  const windows = monitor.options.threshold_windows
  if (!queriesOf(monitor).some(isAnomaly) || !isObject(windows)) return
  const [trigger, recovery] = [windows.trigger_window, windows.recovery_window].map((one) => windowMinutes(textOf(one)))
  if (trigger === undefined || recovery === undefined) return
  const place = ['options', 'threshold_windows', 'recovery_window']
  if (recovery > trigger) {
    tell(place, `a time of at most the trigger window's ${trigger} minutes`)
    return
  }
  for (const { limit } of limitsOf(monitor)) {
    if (limit.critical <= 0 || limit.critical > 1) continue
    const end = limit.critical_recovery ?? 0
    if (trigger - recovery + end * recovery >= limit.critical * trigger) {
      const least = Math.floor((trigger * (1 - limit.critical)) / (1 - end)) + 1
      tell(
        place,
        least > trigger
          ? 'a lower critical_recovery: alert and recovery would hold at once'
          : `a time from ${least} to ${trigger} minutes: with a shorter one, alert and recovery would hold at once`,
      )
      return
    }
  }
}
