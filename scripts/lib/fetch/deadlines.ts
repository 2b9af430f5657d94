// How long downloads wait.

/** How long a download waits for what does not come, in milliseconds (fault 36). */
export interface Deadlines {
  /** For a connection, TLS included. */
  readonly connect: number
  /** For the answer's beginning, and between two pieces of it: caches that fetch a file first let one wait. */
  readonly quiet: number
}

export const usualDeadlines: Deadlines = { connect: 15_000, quiet: 60_000 }
