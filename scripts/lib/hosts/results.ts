// Results of hosts as plain data.

import type { CheckResult } from '../verify/results.ts'

/** What a report shows of a host beside its checks. */
export interface HostFacts {
  /** The name under which its Agent reports. */
  readonly hostname: string
  readonly version: string
  readonly system: string
  /** Last four characters of its API keys, as the Agent shows them. */
  readonly keys: readonly string[]
  readonly tags: readonly string[]
  /** Hash of its machine id. */
  readonly machine: string
  /** Fingerprint of its SSH host key. */
  readonly hostKey: string
}

/** `lost`: the host could not be asked to the end, so nothing is known about it. */
export type HostStatus = 'passed' | 'failed' | 'lost'

export interface HostResult {
  /** As the caller named it. */
  readonly name: string
  /** `user@host:port`, as far as it is known. */
  readonly address: string
  readonly status: HostStatus
  readonly seconds: number
  readonly labAgent: boolean
  readonly facts: HostFacts | null
  readonly checks: readonly CheckResult[]
}

/** results.json of `verify --host` and `verify --hosts` without a box. */
export interface FleetResults {
  readonly profile: 'agent'
  /** Whether logs were rotated, checks run and traces sent. */
  readonly active: boolean
  /** Number of hosts; a run that was interrupted has fewer results. */
  readonly planned: number
  readonly complete: boolean
  readonly passed: number
  readonly failed: number
  readonly lost: number
  readonly seconds: number
  /** What no host shows alone. */
  readonly fleet: readonly CheckResult[]
  readonly hosts: readonly HostResult[]
}

/** What makes an exit code 0: every host was asked and judged, and nothing is red. */
export const isGreen = ({ complete, failed, lost, fleet }: FleetResults): boolean =>
  complete && failed + lost === 0 && !fleet.some(({ status }) => status === 'failed')
