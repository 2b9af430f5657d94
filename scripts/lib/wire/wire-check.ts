// Types of the wire checks.

import type { Received } from '../../../lab/intake/payloads.ts'

/** What must have arrived at the intake, and how to judge it. */
export interface WireCheck {
  readonly id: string
  readonly title: string
  readonly expected: string
  /** Empty if nothing is wrong. */
  readonly problems: (received: Received) => readonly string[]
  /** Describes what has arrived. */
  readonly observed: (received: Received) => string
}

/** The host and time range that everything must match. */
export interface Origin {
  /** The Agent's own name for its host. */
  readonly host: string
  /** Seconds since 1970 by the machine's clock, both inclusive. */
  readonly from: number
  readonly to: number
}

/** The data that was generated on the machine, and how to recognize it. */
export interface Provoked extends Origin {
  /** Lines that were added to the database's logs, by file. */
  readonly lines: Readonly<Record<string, string>>
}
