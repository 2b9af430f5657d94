// The page as plain data.

import type { Quantity } from './quantity.ts'

/** A point of a series: seconds since 1970, and the value. */
export type Point = readonly [seconds: number, value: number]

export interface Series {
  /** `key:value` of the query's groups. */
  readonly tags: readonly string[]
  /** Ordered by time; gaps are left out. */
  readonly points: readonly Point[]
}

/** Known values of a metric: uniformly random integers in [min, max], one every `interval` seconds. */
export interface Hint {
  readonly min: number
  readonly max: number
  readonly interval: number
}

export type Hints = Readonly<Record<string, Hint>>

/** How a metric's value changes during a day. */
export interface Course {
  readonly base: number
  /** The share by which it varies with the time of day, and randomly. */
  readonly sway: number
  readonly jitter: number
  /** Whole numbers only. */
  readonly whole?: boolean | undefined
  /** How much it rises for one hour, seven hours ago, so that it falls outside an anomaly band. */
  readonly burst?: number | undefined
}

/**
 * Sample data settings from the box's parts (preview.yaml); metrics are regular expressions, of which the first match
 * counts.
 */
export interface Samples {
  readonly units: Readonly<Record<string, Quantity>>
  readonly courses: Readonly<Record<string, Course>>
  /** Values to show for `by {KEY}`. */
  readonly values: Readonly<Record<string, readonly string[]>>
}

export const noSamples: Samples = { units: {}, courses: {}, values: {} }

export type Recorded = Readonly<Record<string, readonly Point[]>>

/** A half-hour of a week: silent as wanted, wanted but not silent, covered twice, silent but not wanted, open. */
export type Slot = 'silent' | 'gap' | 'overlap' | 'extra' | 'open'

export interface PreviewWeek {
  readonly rows: readonly {
    /** `Mon 23 Nov` */
    readonly day: string
    /** 48 half-hours; a different number on a day with a clock change. */
    readonly slots: readonly Slot[]
    /** How many half-hours of the day precede the clock change, and how many it skips; negative for repeated ones. */
    readonly change?: { readonly index: number; readonly skipped: number }
  }[]
  /** Heading: `week of Mon 30 Nov 2026`. */
  readonly label: string
  readonly notes: readonly string[]
}

export interface Resource {
  readonly name: string
  /** As sent to the account's API. */
  readonly wire: unknown
}

/** Everything on the page. */
export interface Preview {
  readonly box: string
  readonly version: string
  readonly now: Date
  /** IANA name, for time axes. */
  readonly timezone: string
  /** Whether the zone is a stand-in for the account's, which was not queried. */
  readonly isAssumed: boolean
  readonly dashboards: readonly Resource[]
  readonly monitors: readonly Resource[]
  readonly downtimes: readonly Resource[]
  readonly week: readonly PreviewWeek[]
  readonly hints: Hints
  /** Default: none. */
  readonly samples?: Samples
  /** Received points by metric, which replace sample data. */
  readonly recorded?: Recorded
}
