// Judges that the trace receiver takes a trace.

import { numberIn, objectAt, textOf } from '../../_helpers/json.ts'
import { hasKey } from '../../verify/keyed.ts'
import type { Facts } from '../facts.ts'
import { type Finding, judged, type Subject, unjudged } from '../finding.ts'

const subject: Subject = {
  id: 'agent.traces',
  title: 'The trace receiver takes a trace',
  expected: 'the receiver answers a trace with 200',
}

const isOff = (facts: Facts): boolean =>
  /^(?:false|0|no)$/i.test(textOf(facts.environment.DD_APM_ENABLED)) ||
  /^\s+enabled:\s*(?:false|no|off)\s*$/m.test(textOf(facts.settings?.apm_config)) ||
  objectAt(facts.status, 'agent_metadata').feature_apm_enabled === false

/** `agent.traces`: sending one leaves it in the account, so only on request. */
export const judgeTraces = (facts: Facts, active: boolean): Finding => {
  if (isOff(facts)) return unjudged(subject, 'APM is off (apm_config.enabled)')
  if (!active) return unjudged(subject, 'needs --active: a trace would go to the account')
  if (facts.agent.kind === 'container') return unjudged(subject, `the receiver is in ${facts.agent.place}`)
  const keyed = facts.status === undefined || hasKey(facts.status)
  if (!keyed) return unjudged(subject, 'without an API key the trace-agent does not start')
  if (facts.trace === undefined) return judged(subject, '', [textOf(facts.errors.trace) || 'no trace was sent'])
  const [status, body] = [numberIn(facts.trace.status), textOf(facts.trace.body).trim().slice(0, 300)]
  return judged(subject, `200 ${body}`, status === 200 ? [] : [`it answered ${status ?? 'nothing'}: ${body}`])
}
