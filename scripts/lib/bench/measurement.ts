// Types of rows, sides and results, as plain data.

import type { Project } from '../_helpers/paths.ts'
import type { Accelerator } from '../boot/machine-spec.ts'
import type { Spread } from './statistics.ts'

/** What a run can measure. */
export type Quantity = 'seconds' | 'bytes'

/** One run's figures. */
export type Measured = Readonly<Partial<Record<Quantity, number>>>

/** One way to do a row's work. */
export interface Side {
  /** Unique in its row, such as "Packer, cpus = 2". */
  readonly name: string
  /** Shared by variants of one tool, of which the fastest is compared. `boxhound` is the subject; `reference` is only shown. */
  readonly tool: string
  /** The exact command line, for the reader. */
  readonly command: string
  /** Its configuration, such as Packer's template. */
  readonly template?: string
  /** Runs before each run and is not timed: edits the check, empties a cache. */
  readonly prepare?: () => Promise<void>
  /**
   * Does the work once.
   *
   * @param log path for its output.
   * @throws BoxhoundError if it fails; with exit code 3 if this machine lacks something.
   */
  readonly run: (log: string) => Promise<Measured>
}

/** How to express a comparison: `times` is peer ÷ boxhound (300× as fast), `share` is boxhound ÷ peer (0.9× the time). */
export type Reading = 'times' | 'share'

/** A row's goal against a tool. Shown but never asserted, since figures depend on the machine. */
export interface Goal {
  readonly tool: string
  readonly quantity: Quantity
  readonly reading: Reading
  /** Smallest ratio for `times`, largest for `share`. */
  readonly limit: number
}

/** What a row may use while it is measured. */
export interface Bench {
  /** The checkout, with the caller's own store. */
  readonly project: Project
  /** A folder that is removed after the run; on the store's file system, so that layers can be hard links. */
  readonly work: string
  readonly accelerator: Accelerator
  readonly quick: boolean
  /** Prints one line about slow work that is not timed. */
  readonly say: (line: string) => void
}

/** One row of the benchmark, as data. */
export interface Row {
  readonly number: number
  /** A word that selects it as well. */
  readonly name?: string
  readonly title: string
  /** The exact work, in one sentence. */
  readonly work: string
  /** Packages of its peers, as named in `benchPackages`. */
  readonly packages: readonly string[]
  readonly goals: readonly Goal[]
  /** What a reader needs to judge whether the comparison is fair. */
  readonly notes: readonly string[]
  /**
   * Prepares everything that is not timed.
   *
   * @throws BoxhoundError with exit code 3 if the row can't run on this machine.
   */
  readonly open: (bench: Bench) => Promise<OpenRow>
}

export interface OpenRow {
  readonly sides: readonly Side[]
  /** Ends whatever outlives a run, such as a machine that is reused. */
  readonly close?: () => Promise<void>
}

/** One run of a side: its figures, or why it has none. */
export interface Attempt {
  readonly pair: number
  readonly measured?: Measured
  readonly error?: string
}

export interface SideResult {
  readonly name: string
  readonly tool: string
  readonly command: string
  readonly template?: string
  readonly runs: readonly Attempt[]
  readonly failed: number
  readonly seconds?: Spread
  readonly bytes?: Spread
}

export interface Comparison {
  readonly tool: string
  /** The other side: the tool's variant with the smallest median. */
  readonly side: string
  readonly quantity: Quantity
  readonly reading: Reading
  /** Ratios of runs of the same pair. */
  readonly ratio: Spread
  readonly goal?: number
  readonly met?: boolean
}

/** Load averages of 1, 5 and 15 minutes. */
export type Load = readonly [number, number, number]

export interface RowResult {
  readonly number: number
  readonly title: string
  readonly work: string
  readonly notes: readonly string[]
  /** When its first run began, in ISO 8601. */
  readonly at: string
  /** Why nothing was measured, in that case. */
  readonly notRun?: string
  /** True if that is a failure rather than something that this machine or checkout lacks. */
  readonly broken?: boolean
  readonly pairs: number
  readonly sides: readonly SideResult[]
  readonly comparisons: readonly Comparison[]
  readonly load: { readonly before: Load; readonly after: Load }
}

/** results.json. */
export interface BenchResults {
  readonly schema: 1
  readonly boxhound: string
  readonly machine: Machine
  /** Versions of the tools by name. */
  readonly tools: Readonly<Record<string, string>>
  readonly rows: readonly RowResult[]
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly kernel: string
  readonly system: string
  readonly accelerator: Accelerator
}
