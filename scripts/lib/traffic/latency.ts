// Latencies of a load.

import { createHistogram } from 'node:perf_hooks'

/** Milliseconds; all 0 where nothing was recorded. */
export interface Latency {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

export interface Latencies {
  readonly record: (milliseconds: number) => void
  readonly read: () => Latency
  readonly reset: () => void
}

/** A histogram with three significant digits, however many latencies it holds. */
export const latencies = (): Latencies => {
  // Microseconds.
  const histogram = createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 })
  return {
    record: (milliseconds) => histogram.record(Math.max(1, Math.round(milliseconds * 1000))),
    read: () => {
      if (histogram.count === 0) return { p50: 0, p90: 0, p99: 0, max: 0 }
      const [p50 = 0, p90 = 0, p99 = 0] = [50, 90, 99].map((part) => histogram.percentile(part) / 1000)
      return { p50, p90, p99, max: histogram.max / 1000 }
    },
    reset: () => histogram.reset(),
  }
}
