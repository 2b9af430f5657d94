// Types of the wire checks.

import type { Received } from '../../../lab/intake/payloads.ts'

/** What must have arrived at the intake, and what is wrong with what has. */
export interface WireCheck {
  readonly id: string
  readonly title: string
  readonly expected: string
  /** Nothing is wrong when it is empty. */
  readonly problems: (received: Received) => readonly string[]
  /** What arrived, in words. */
  readonly observed: (received: Received) => string
}

/** Where from and when everything must have come. */
export interface Origin {
  /** The Agent's own name for its host. */
  readonly host: string
  /** Seconds since 1970 by the machine's clock, both included. */
  readonly from: number
  readonly to: number
}

/** What the machine was made to do, so that there is something to arrive, and by what it is known as this machine's. */
export interface Provoked extends Origin {
  /** Lines that were written to logs of the database, by their file. */
  readonly lines: Readonly<Record<string, string>>
}
