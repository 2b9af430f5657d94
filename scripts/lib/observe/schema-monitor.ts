// The schema of a monitor.

import { tellAmbiguous, tellShares } from './monitor-anomalies.ts'
import { type Fields, fields, type Tell } from './monitor-fields.ts'
import { limitsOf, queriesOf, tellCompared, tellDisorder, tellMixed } from './monitor-limits.ts'
import { tellOptions } from './monitor-options.ts'
import { sides } from './monitor-types.ts'

/** Reports fields that would silently be missing from what is sent to the account. */
const tellUnsent = ({ query, variants = {}, options }: Fields, tell: Tell): void => {
  const own = Object.values(variants)
  if (query === undefined && (own.length === 0 || own.some((one) => one.query === undefined)))
    tell(['query'], 'a query, here or in each variant')
  for (const name of ['thresholds', 'notify_no_data', 'no_data_timeframe'])
    if (name in options) tell(['options', name], `nothing here: ${sides.join(', ')} or thresholds and no_data say it`)
}

/** A state that the monitor can reach needs a message. */
const tellMissingWords = (monitor: Fields, tell: Tell): void => {
  const { thresholds, no_data, message, options } = monitor
  const isWarned =
    thresholds?.warning !== undefined || limitsOf(monitor).some(({ limit }) => limit.warning !== undefined)
  if (isWarned && message.warning === undefined) tell(['message', 'warning'], 'what to tell in a warning')
  const isMissed = no_data !== undefined || options.on_missing_data === 'show_and_notify_no_data'
  if (isMissed && message.no_data === undefined) tell(['message', 'no_data'], 'what to tell when nothing arrives')
}

/** A monitor in a part's file. */
export const monitor = fields.superRefine((value, context) => {
  const tell: Tell = (path, expected) => context.addIssue({ code: 'custom', path: [...path], message: expected })
  tellMixed(value, tell)
  tellCompared(value, tell)
  tellShares(value, tell)
  tellAmbiguous(value, tell)
  tellUnsent(value, tell)
  tellDisorder(value, tell)
  tellMissingWords(value, tell)
  if (value.type === 'slo alert' && value.no_data !== undefined)
    tell(['no_data'], 'nothing: an SLO always has a status')
  tellOptions({ ...value, queries: queriesOf(value) }, (name, expected) => tell(['options', name], expected))
})
