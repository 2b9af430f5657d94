// Verifies many hosts at once; no host holds another back.

import { setMaxListeners } from 'node:events'
import pLimit from 'p-limit'
import { judgeFleet } from './fleet-checks.ts'
import { type HostOptions, lostHost, verifyAnyway } from './host.ts'
import type { FleetResults, HostResult } from './results.ts'
import type { Wish } from './wish.ts'

export interface FleetOptions extends Omit<HostOptions, 'deadline' | 'signal'> {
  /** Hosts at a time. */
  readonly parallel: number
  /** In seconds, for all hosts. */
  readonly deadline: number
  /** In seconds, for one host. */
  readonly hostDeadline: number
  /** Called as each host is finished. */
  readonly onHost: (result: HostResult, done: number) => void
}

/** A run in progress. */
export interface Fleet {
  /** Resolves when every host has a result. */
  readonly done: Promise<FleetResults>
  /** What is known now. */
  readonly soFar: () => FleetResults
  /** Closes all connections. */
  readonly end: () => void
}

const count = (hosts: readonly HostResult[], wanted: HostResult['status']): number =>
  hosts.filter(({ status }) => status === wanted).length

/** Starts to verify all hosts. Results stand in the order in which the hosts were given. */
export const startFleet = (wishes: readonly Wish[], options: FleetOptions): Fleet => {
  const { active, parallel, deadline, hostDeadline, onHost } = options
  const begun = Date.now()
  const controller = new AbortController()
  // Each login in progress listens.
  setMaxListeners(parallel + 1, controller.signal)
  const results = new Map<number, HostResult>()
  const limit = pLimit(parallel)
  const left = (): number => deadline - (Date.now() - begun) / 1000

  const verify = async (wish: Wish, index: number): Promise<void> => {
    if (controller.signal.aborted) return
    const seconds = Math.min(hostDeadline, left())
    const result =
      seconds <= 0
        ? lostHost(
            wish.name,
            wish.host,
            0,
            `its turn did not come within ${deadline} s; raise --deadline or --parallel`,
          )
        : await verifyAnyway(wish, { ...options, deadline: seconds, signal: controller.signal })
    // What an interruption cut off is not a result.
    if (controller.signal.aborted) return
    results.set(index, result)
    onHost(result, results.size)
  }

  const soFar = (): FleetResults => {
    const hosts = [...results].sort(([a], [b]) => a - b).map(([, result]) => result)
    return {
      profile: 'agent',
      active,
      planned: wishes.length,
      complete: hosts.length === wishes.length,
      passed: count(hosts, 'passed'),
      failed: count(hosts, 'failed'),
      lost: count(hosts, 'lost'),
      seconds: (Date.now() - begun) / 1000,
      fleet: judgeFleet(hosts),
      hosts,
    }
  }
  const all = Promise.all(wishes.map((wish, index) => limit(() => verify(wish, index))))
  // Nobody may be there to hear of it when the run was interrupted.
  all.catch(() => {})
  return { done: all.then(soFar), soFar, end: () => controller.abort() }
}
