// The last state of each service check.

import type { ServiceCheck } from '../../../lab/intake/payloads.ts'
import { formatCount } from '../_helpers/format.ts'
import type { Expectations, ServiceState } from '../render/rendered-box.ts'
import { isRightState, stateName } from '../verify/states.ts'
import { hostProblems, timeProblems } from './origin.ts'
import type { Origin, WireCheck } from './wire-check.ts'
import { lacking, missing } from './words.ts'

/** The service check that every Agent sends with each flush. */
const agentUp = 'datadog.agent.up'

/**
 * The service checks of all checks and the Agent's own have arrived, with the right host and time, and the latest state
 * of each is OK.
 */
export const serviceChecks = ({ checks }: Expectations, origin: Origin): WireCheck => {
  const names = [agentUp, ...checks.flatMap((check) => check.serviceChecks)]
  const states: Readonly<Record<string, ServiceState>> = Object.assign({}, ...checks.map((check) => check.states ?? {}))
  return {
    id: 'wire.service-checks',
    title: 'Service checks arrive with the right status',
    expected: `${names.join(', ')} from ${origin.host} with status 0 (OK), or the status that check.yaml declares`,
    observed: ({ serviceChecks: found }) => formatCount(found.length, 'service check'),
    problems: ({ serviceChecks: found }) => {
      const own = found.filter(({ check }) => names.includes(check))
      const strange = own.flatMap(({ check, host, timestamp }) => [
        ...hostProblems(check, host, origin),
        ...timeProblems(check, timestamp, origin),
      ])
      const present = own.map(({ check }) => check)
      return [
        ...lacking('service checks', missing(names, present)),
        ...new Set(strange),
        ...latest(own)
          .filter(({ check, status }) => !isRightState(states[check], status))
          .map(({ check, status, message }) => `${check} has status ${status} (${stateName(status)}): ${message}`),
      ]
    },
  }
}

/**
 * The latest of each check, host and set of tags, by its own timestamp, since a payload that is sent again arrives
 * late.
 */
const latest = (found: readonly ServiceCheck[]): ServiceCheck[] => {
  const ordered = [...found].sort((a, b) => a.timestamp - b.timestamp)
  const keyed = ordered.map((one) => [JSON.stringify([one.check, one.host, [...one.tags].sort()]), one] as const)
  return [...new Map(keyed).values()]
}
