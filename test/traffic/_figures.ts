import type { AppFigures } from '../../scripts/lib/traffic/app-load.ts'
import { type Counts, noCounts, type Observation } from '../../scripts/lib/traffic/observation.ts'

/** So many requests, all of them answered well. */
export const figures = (sent: number, more: Partial<AppFigures> = {}): AppFigures => ({
  sent,
  answered: { '2xx': sent },
  unanswered: {},
  routes: { '/': sent },
  latency: { p50: 1, p90: 2, p99: 3, max: 4 },
  late: 0,
  ...more,
})

export const counts = (received: number, more: Partial<Counts> = {}): Counts => ({
  ...noCounts,
  received,
  payloads: Math.ceil(received / 100),
  ...more,
})

/** What an Agent told at a second. */
export const seen = (at: number, received: number, more: Partial<Observation> = {}): Observation => ({
  at,
  span: 'total',
  pid: 7,
  error: null,
  counts: counts(received),
  sampleRate: null,
  keyed: true,
  runs: Math.floor(at / 15),
  failures: 0,
  ...more,
})
