// Judges the Agent's units.

import { textOf } from '../../_helpers/json.ts'
import { hasKey } from '../../verify/keyed.ts'
import type { Facts } from '../facts.ts'
import { type Finding, judged, list, type Subject, unjudged } from '../finding.ts'

const subject: Subject = {
  id: 'agent.units',
  title: 'The Agent starts at boot, and no unit of it has failed',
  expected: 'datadog-agent.service enabled, no unit of the Agent failed',
}

const starts = new Set([
  'enabled',
  'enabled-runtime',
  'static',
  'alias',
  'linked',
  'linked-runtime',
  'generated',
  'indirect',
])

/** `agent.units`. The main unit's own state is `agent.running`'s. */
export const judgeUnits = ({ units, agent, status }: Facts): Finding => {
  if (agent.kind === 'container') return unjudged(subject, `the Agent runs in ${agent.place}`)
  if (units === undefined) return unjudged(subject, 'this host does not run systemd')
  const unit = units.get('datadog-agent.service')
  if (unit === undefined) return judged(subject, '', ['there is no datadog-agent.service'])
  // Without a key the trace-agent and its like give up by design, and agent.key tells why.
  const keyed = status === undefined || hasKey(status)
  const failed = [...units]
    .filter(([name, { ActiveState }]) => name !== 'datadog-agent.service' && ActiveState === 'failed')
    .map(([name]) => name)
  const state = textOf(unit.UnitFileState) || 'unknown'
  return judged(
    subject,
    [
      `datadog-agent.service is ${state}`,
      `${units.size} units${failed.length > 0 ? `; without a key these gave up: ${list(failed)}` : ', none failed'}`,
    ].join(', '),
    [
      ...(starts.has(state) ? [] : [`datadog-agent.service is ${state}: the Agent won't start at the next boot`]),
      ...(keyed ? failed.map((name) => `${name} has failed (${textOf(units.get(name)?.Result) || 'unknown'})`) : []),
    ],
  )
}
