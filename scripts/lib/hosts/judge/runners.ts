// Instances of checks, as the running Agent reports them.

import { type JsonObject, numberIn, objectAt, objectOf, objectsOf, textOf, textsOf } from '../../_helpers/json.ts'
import type { Facts } from '../facts.ts'

/** One instance that the running Agent schedules. */
export interface Runner {
  readonly id: string
  readonly version: string
  /** In seconds; 0 for one that never ends. */
  readonly interval: number | undefined
  readonly longRunning: boolean
  readonly runs: number
  readonly errors: number
  readonly lastError: string
  readonly warnings: readonly string[]
  /** Seconds since its last run; undefined if unknown. */
  readonly idle: number | undefined
  /** Seconds that its last run took. */
  readonly took: number
}

const nanoseconds = 1_000_000_000

const runnerOf = (id: string, one: JsonObject, now: number | undefined): Runner => {
  const interval = numberIn(one.Interval)
  const last = numberIn(one.UpdateTimestamp)
  return {
    id,
    version: textOf(one.CheckVersion),
    interval: interval === undefined ? undefined : interval / nanoseconds,
    longRunning: one.LongRunning === true || interval === 0,
    runs: numberIn(one.TotalRuns) ?? 0,
    errors: numberIn(one.TotalErrors) ?? 0,
    lastError: textOf(one.LastError),
    warnings: textsOf(one.LastWarnings),
    idle: now === undefined || last === undefined || last <= 0 ? undefined : now - last,
    took: (numberIn(one.LastExecutionTime) ?? 0) / 1000,
  }
}

const seconds = (value: unknown): number | undefined => {
  const found = numberIn(value)
  return found === undefined ? undefined : found / nanoseconds
}

/** Seconds since the Agent's start; undefined if it doesn't say. */
export const uptimeOf = ({ status }: Facts): number | undefined => {
  const [start, now] = [seconds(status?.agent_start_nano), seconds(status?.time_nano)]
  return start === undefined || now === undefined ? undefined : Math.max(0, now - start)
}

/** All scheduled instances by the check's name. */
export const runnersOf = ({ status }: Facts): Map<string, Runner[]> => {
  const now = seconds(status?.time_nano)
  const checks = Object.entries(objectAt(objectAt(status, 'runnerStats'), 'Checks'))
  return new Map(
    checks.map(([name, instances]) => [
      name,
      Object.entries(objectOf(instances)).map(([id, one]) => runnerOf(id, objectOf(one), now)),
    ]),
  )
}

/** What JMXFetch says about its checks, by name: the problems of each instance. */
export const jmxOf = ({ status }: Facts): Map<string, string[]> => {
  const { initialized_checks: begun, failed_checks: failed } = objectAt(objectAt(status, 'JMXStatus'), 'checks')
  const found = new Map<string, string[]>()
  for (const [name, instances] of [...Object.entries(objectOf(begun)), ...Object.entries(objectOf(failed))]) {
    const problems = objectsOf(instances)
      .filter((one) => textOf(one.status) !== 'OK')
      .map((one) => `${textOf(one.instance_name) || 'an instance'}: ${textOf(one.message) || textOf(one.status)}`)
    found.set(name, [...(found.get(name) ?? []), ...problems])
  }
  return found
}
