// Compares downtimes with the wanted hours and refuses gaps.

import { BoxhoundError } from '../_helpers/errors.ts'
import { type Judgement, judge } from './calendar/judge.ts'
import { beginsAnew, type Change } from './changes.ts'
import type { Wanted } from './resources.ts'

/**
 * Compares the downtimes with the hours that should be silent; null without downtimes.
 *
 * @param changes what will be sent to the account: a new downtime leaves the hours before its first start uncovered,
 *   apart from a bridge.
 */
export const judgeSilence = ({ calendar }: Wanted, now: Date, changes: readonly Change[] = []): Judgement | null =>
  calendar === null
    ? null
    : judge(
        calendar.schedules,
        calendar.wish,
        calendar.timezone,
        now,
        new Set(changes.filter(beginsAnew).map(({ name }) => name)),
        Math.max(...changes.map(({ bridge }) => bridge?.until ?? Number.NEGATIVE_INFINITY)),
      )

/**
 * Refuses downtimes that leave wanted hours uncovered.
 *
 * @throws BoxhoundError E_OBSERVE_GAP (exit code 2), because somebody would be woken at an hour that the file declares
 *   silent.
 */
export const assertNoGap = (judgement: Judgement | null): void => {
  if (judgement === null || judgement.gaps.length === 0) return
  throw new BoxhoundError('E_OBSERVE_GAP', 'the downtimes leave gaps in the hours that should be silent', {
    file: 'observe/downtimes.yaml.hbs',
    expected: 'a downtime for every hour under "silent"',
    found: judgement.findings.join('; '),
    next: 'let a downtime begin earlier or last longer; nothing was changed in the account',
    exitCode: 2,
  })
}
