// The page as plain data.

import type { Quantity } from './quantity.ts'

/** A point of a series: seconds since 1970, and the value. */
export type Point = readonly [seconds: number, value: number]

export interface Series {
  /** `key:value` of what the query groups by. */
  readonly tags: readonly string[]
  /** In order of time; gaps are left out. */
  readonly points: readonly Point[]
}

/** Values that a metric is known to take: uniformly random integers of [min, max], one every `interval` seconds. */
export interface Hint {
  readonly min: number
  readonly max: number
  readonly interval: number
}

export type Hints = Readonly<Record<string, Hint>>

/** How the value of a metric moves through a day. */
export interface Course {
  readonly base: number
  /** Share by which it moves with the day, and at random. */
  readonly sway: number
  readonly jitter: number
  /** Whole numbers only. */
  readonly whole?: boolean | undefined
  /** By how much it rises for an hour, seven hours ago: what an anomaly's band must not hold. */
  readonly burst?: number | undefined
}

/** What the folders of a box's parts say of sample data (preview.yaml); metrics are regular expressions, the first that matches counts. */
export interface Samples {
  readonly units: Readonly<Record<string, Quantity>>
  readonly courses: Readonly<Record<string, Course>>
  /** Values that `by {KEY}` shows. */
  readonly values: Readonly<Record<string, readonly string[]>>
}

export const noSamples: Samples = { units: {}, courses: {}, values: {} }

export type Recorded = Readonly<Record<string, readonly Point[]>>

/** A half-hour of a week: silent as wished, wished and not silent, silent twice, silent and not wished, open. */
export type Slot = 'silent' | 'gap' | 'overlap' | 'extra' | 'open'

export interface PreviewWeek {
  readonly rows: readonly {
    /** `Mon 23 Nov` */
    readonly day: string
    /** 48 half-hours; another number on a day on which the clock changes. */
    readonly slots: readonly Slot[]
    /** After how many half-hours of the day the clock changes, and how many it leaves out; negative for those that come twice. */
    readonly change?: { readonly index: number; readonly skipped: number }
  }[]
  /** `week of Mon 30 Nov 2026`: stands above it. */
  readonly label: string
  readonly notes: readonly string[]
}

export interface Resource {
  readonly name: string
  /** As it is sent to the account's API. */
  readonly wire: unknown
}

/** Everything that the page shows. */
export interface Preview {
  readonly box: string
  readonly version: string
  readonly now: Date
  /** IANA name, for the axes of time. */
  readonly timezone: string
  /** The zone stands in for the account's, which nobody asked for. */
  readonly isAssumed: boolean
  readonly dashboards: readonly Resource[]
  readonly monitors: readonly Resource[]
  readonly downtimes: readonly Resource[]
  readonly week: readonly PreviewWeek[]
  readonly hints: Hints
  /** Default: none. */
  readonly samples?: Samples
  /** Points by metric that were really received; they take the place of sample data. */
  readonly recorded?: Recorded
}
