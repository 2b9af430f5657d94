// Rows, sides and results as plain data.

import type { Project } from '../_helpers/paths.ts'
import type { Accelerator } from '../boot/machine-spec.ts'
import type { Spread } from './statistics.ts'

/** What can be measured of a run. */
export type Quantity = 'seconds' | 'bytes'

/** One run's figures. */
export type Measured = Readonly<Partial<Record<Quantity, number>>>

/** One way to do a row's work. */
export interface Side {
  /** Unique in its row, such as "Packer, cpus = 2". */
  readonly name: string
  /** Variants of one tool share it: a comparison is always against the fastest of them. `boxhound` is what is compared, `reference` only shown. */
  readonly tool: string
  /** The exact command line, for the reader. */
  readonly command: string
  /** The configuration that it reads, such as Packer's template. */
  readonly template?: string
  /** Not timed, before each run: edits the check, empties a cache. */
  readonly prepare?: () => Promise<void>
  /**
   * Does the work once.
   *
   * @param log path for everything that it prints.
   * @throws BoxhoundError when it fails; with exit code 3 when this machine lacks what it needs.
   */
  readonly run: (log: string) => Promise<Measured>
}

/** How a comparison is told: `times` is peer ÷ boxhound (300× as fast), `share` is boxhound ÷ peer (0.9 of it). */
export type Reading = 'times' | 'share'

/** What a row is to reach against a tool. Shown, never asserted: figures depend on the machine. */
export interface Goal {
  readonly tool: string
  readonly quantity: Quantity
  readonly reading: Reading
  /** Smallest ratio for `times`, largest for `share`. */
  readonly limit: number
}

/** Everything that a row may use while it is measured. */
export interface Bench {
  /** The checkout, with the caller's own store. */
  readonly project: Project
  /** A folder that goes away with the run; on the file system of the store, so that layers can be hard links. */
  readonly work: string
  readonly accelerator: Accelerator
  readonly quick: boolean
  /** One line about work that takes a while and is not timed. */
  readonly say: (line: string) => void
}

/** One line of the benchmark, as data. */
export interface Row {
  readonly number: number
  readonly title: string
  /** The exact work, in one sentence. */
  readonly work: string
  /** Names in `benchPackages`: what its peers come from. */
  readonly packages: readonly string[]
  readonly goals: readonly Goal[]
  /** What a reader must know to judge whether the comparison is fair. */
  readonly notes: readonly string[]
  /**
   * Makes everything ready that is not timed.
   *
   * @throws BoxhoundError with exit code 3 when the row can't run on this machine.
   */
  readonly open: (bench: Bench) => Promise<OpenRow>
}

export interface OpenRow {
  readonly sides: readonly Side[]
  /** Ends what outlives single runs, such as a machine that is reused. */
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
  /** The side it is made against: of the tool's variants the one with the smallest median. */
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
  /** ISO 8601, when its first run began. */
  readonly at: string
  /** Set when nothing was measured: why. */
  readonly notRun?: string
  /** True when that is a failure and not something that this machine or checkout lacks. */
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
