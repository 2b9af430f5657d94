// Targets and results as plain data.

import type { Expectations } from '../render/rendered-box.ts'
import type { PlannedCheck } from './ids.ts'

/** A machine reachable over SSH, as `up --json` prints it. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly user: string
  /** The private key's file. */
  readonly key: string
  /** `SHA256:…` of the expected host key. */
  readonly hostKey: string
}

/** `not judged`: this kind of machine can't show it, so the check does not run and is neither green nor red. */
export type CheckStatus = 'passed' | 'failed' | 'skipped' | 'not judged'

/** `host` is the caller's own machine, given with `--host`. */
export type MachineKind = 'qemu' | 'container' | 'host' | 'vagrant'

export interface CheckResult {
  readonly id: string
  readonly title: string
  readonly status: CheckStatus
  readonly seconds: number
  /**
   * What the check wanted and what it last saw, for a reader; for a check that is not judged, `observed` is the reason.
   */
  readonly expected: string
  readonly observed: string
  /**
   * Only for a check that is not judged: true if the connection to the machine was lost, which makes the whole run a
   * failure.
   */
  readonly lost?: boolean
}

/** A check's result; its title comes from the plan. */
export type CheckOutcome = Omit<CheckResult, 'title'>

/** results.json */
export interface VerifyResults {
  readonly box: string
  /** The kind of machine that was judged. */
  readonly machine: MachineKind
  /** SHA-256 of the booted image file; null for `--host`. */
  readonly image: string | null
  /** SHA-256 of the expectations: with the same image and expectations, a bake need not verify again. */
  readonly expectations: string
  /** True if the lab Agent was tested: every report says so. */
  readonly labAgent: boolean
  readonly planned: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly notJudged: number
  readonly seconds: number
  readonly checks: readonly CheckResult[]
}

/** In seconds. Shorter for negative controls, where each red check waits until its deadline. */
export interface Deadlines {
  /** For one command in the guest. */
  readonly command: number
  /** For a condition that takes time, such as an Agent that starts or a trace that arrives, since its last progress. */
  readonly poll: number
  /** The same in total, whatever progress there is. */
  readonly limit: number
}

/** What the suite needs to know about the machine and what to judge. */
export interface SuiteContext {
  readonly target: Target
  readonly expectations: Expectations
  /** The checks to run, in order. */
  readonly planned: readonly PlannedCheck[]
  /**
   * True for a machine just booted from the published image. A host in use may have apt lists, histories and more keys.
   */
  readonly fresh: boolean
  /** True for a Vagrant machine, which has a user for Vagrant. */
  readonly vagrant: boolean
  /** Whether the caller provided an API key; null if unknown (`--host`). */
  readonly keyed: boolean | null
  readonly deadlines: Deadlines
}
