// Results of a load as plain data.

import type { MachineKind } from '../boot/machine.ts'
import type { CheckResult } from '../verify/results.ts'
import type { AppFigures } from './app-load.ts'
import type { DatabaseFigures } from './database-load.ts'
import type { Counts } from './observation.ts'
import type { Shape } from './shape.ts'

/** What has been measured so far. */
export interface Measured {
  /** Seconds that the load has lasted. */
  readonly seconds: number
  /** Null for a box without an app. */
  readonly app: AppFigures | null
  /** Transactions by the driver's own count; null for a box without a database that can be driven. */
  readonly transactions: number | null
}

/** results.json */
export interface TrafficResults {
  readonly box: string
  readonly machine: MachineKind
  /** SHA-256 of the image that the machine was started from. */
  readonly image: string
  readonly disposable: boolean
  readonly labAgent: boolean
  readonly shape: Shape
  readonly seconds: number
  readonly rate: number
  readonly connections: number
  readonly app: AppFigures | null
  readonly database: DatabaseFigures | null
  /** What the Agent's receiver counted of the app's service. */
  readonly traces: Counts | null
  readonly passed: number
  readonly failed: number
  readonly notJudged: number
  readonly checks: readonly CheckResult[]
}
