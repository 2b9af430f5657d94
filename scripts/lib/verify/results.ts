// Targets and results as plain data.

import type { Expectations } from '../render/rendered-box.ts'
import type { PlannedCheck } from './ids.ts'

/** A machine reachable over SSH, as `up --json` prints it. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly user: string
  /** A private key's file. */
  readonly key: string
  /** `SHA256:…` of the host key that must be met. */
  readonly hostKey: string
}

/** `not judged`: this kind of machine cannot show it, so the check does not run and is neither green nor red. */
export type CheckStatus = 'passed' | 'failed' | 'skipped' | 'not judged'

/** `host` is a machine of the caller's, named by `--host`. */
export type MachineKind = 'qemu' | 'container' | 'host' | 'vagrant'

export interface CheckResult {
  readonly id: string
  readonly title: string
  readonly status: CheckStatus
  readonly seconds: number
  /** What the check wanted and what it last saw, in words for a reader; of one that is not judged, `observed` is the reason. */
  readonly expected: string
  readonly observed: string
  /** Only of one that is not judged: true when the machine could not be reached any more, which makes the whole run a failure. */
  readonly lost?: boolean
}

/** What a check tells; its title is the plan's. */
export type CheckOutcome = Omit<CheckResult, 'title'>

/** results.json */
export interface VerifyResults {
  readonly box: string
  /** What was judged. */
  readonly machine: MachineKind
  /** SHA-256 of the image file that was booted; null for `--host`. */
  readonly image: string | null
  /** SHA-256 of what was expected: the same image and expectations need no second verification after a bake. */
  readonly expectations: string
  /** True when the Agent under test is the lab Agent: every report says so. */
  readonly labAgent: boolean
  readonly planned: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly notJudged: number
  readonly seconds: number
  readonly checks: readonly CheckResult[]
}

/** Seconds. Shorter for negative controls, where each red check waits until its deadline. */
export interface Deadlines {
  /** One command in the guest. */
  readonly command: number
  /** A fact that needs time, since the last progress towards it: an Agent that starts, a trace that arrives. */
  readonly poll: number
  /** The same in all, whatever progress there is. */
  readonly limit: number
}

/** What the suite is told of the machine and of what to judge. */
export interface SuiteContext {
  readonly target: Target
  readonly expectations: Expectations
  /** What to run, in order. */
  readonly planned: readonly PlannedCheck[]
  /** True for a machine just booted from the published image; a host in use may have apt lists, histories and more keys. */
  readonly fresh: boolean
  /** A machine of Vagrant's, which has a user for Vagrant. */
  readonly vagrant: boolean
  /** Whether the caller handed in an API key; null when nobody knows (`--host`). */
  readonly keyed: boolean | null
  readonly deadlines: Deadlines
}
