// Typical behaviour of metrics.

import type { Course, Samples } from './page-data.ts'
import { noise, unit } from './random.ts'

/** The value of a metric at a time. `ago` is the number of seconds before the page's time. */
export type Shape = (seconds: number, seed: number, ago: number) => number

const day = 86_400
const mebi = 2 ** 20

/** 0 at four in the morning, 1 at four in the afternoon, UTC. */
const daily = (seconds: number): number => (1 - Math.cos(((seconds % day) / day - 1 / 6) * 2 * Math.PI)) / 2

const rough = (seed: number, seconds: number): number =>
  0.5 * noise(seed, seconds / 3000) + 0.3 * noise(seed ^ 0x55, seconds / 800) + 0.25 * noise(seed ^ 0xaa, seconds / 170)

/** 1 within a period, falling to 0 over five minutes on either side. */
const burst = (ago: number, from: number, to: number): number =>
  Math.max(0, Math.min(1, (from - ago) / 300, (ago - to) / 300))

/** A level that varies by the share `sway` over the day and by `jitter` randomly. */
const level =
  (base: number, sway: number, jitter: number): Shape =>
  (seconds, seed) =>
    base * (0.85 + 0.3 * unit(seed, -1)) * (1 + sway * (daily(seconds) - 0.5) + jitter * rough(seed, seconds))

const whole =
  (shape: Shape): Shape =>
  (...moment) =>
    Math.max(0, Math.round(shape(...moment)))

const shapeOfCourse = ({ base, sway, jitter, whole: isWhole = false, burst: height = 0 }: Course): Shape => {
  // Without sway and jitter it is a limit, the same on every host.
  const usual: Shape = sway === 0 && jitter === 0 ? () => base : level(base, sway, jitter)
  const shape: Shape = (seconds, seed, ago) => usual(seconds, seed, ago) + height * burst(ago, 7.4 * 3600, 6.6 * 3600)
  return isWhole ? whole(shape) : shape
}

const errors: Shape = (seconds, seed, ago) =>
  unit(seed, Math.floor(seconds / 15)) < 0.02 + 0.3 * burst(ago, 3.6 * 3600, 3.2 * 3600) ? 1 : 0

const shapes: readonly (readonly [RegExp, Shape])[] = [
  [/^system\.cpu\.idle$/, (seconds, seed, ago) => 100 - level(24, 0.9, 0.5)(seconds, seed, ago)],
  [/^system\.cpu\.(iowait|stolen|guest)$/, level(1.2, 0.4, 1)],
  [/^system\.cpu\.system$/, level(5, 0.7, 0.6)],
  [/^system\.cpu\./, level(17, 0.9, 0.6)],
  [/^system\.mem\.total$/, () => 2048 * mebi],
  [/^system\.mem\.(pct_usable)$/, level(0.6, -0.1, 0.03)],
  [/^system\.mem\.(used|cached)$/, level(820 * mebi, 0.15, 0.05)],
  [/^system\.mem\./, level(1230 * mebi, -0.1, 0.03)],
  [/^system\.load\./, level(0.45, 1, 0.8)],
  [/^system\.disk\.(in_use|utilized)$/, level(0.38, 0.01, 0.005)],
  [/^system\.net\.|^system\.io\./, level(42_000, 1.1, 0.9)],
  [/threads_connected$|connections(\.current)?$/, whole(level(7, 0.9, 0.9))],
  [/^trace\..*\.hits(\.by_.*)?$/, whole(level(9, 1.3, 0.9))],
  [/^trace\..*\.errors(\.by_.*)?$/, errors],
  [/^trace\.|duration$|latency$/, level(0.0062, 0.4, 0.5)],
  [/^electricity\.production$/, level(9000, 0.3, 0.06)],
]

// In megawatts, roughly the output of France's power stations.
const production: Readonly<Record<string, Shape>> = {
  nuclear: level(41_000, 0.06, 0.01),
  hydro: level(7400, 0.5, 0.08),
  wind: level(6200, 0.2, 0.3),
  gas: level(3100, 0.5, 0.12),
  solar: (seconds, seed) => Math.max(0, 11_000 * (daily(seconds + 14_400) - 0.42) * (1 + 0.1 * rough(seed, seconds))),
  bioenergy: level(1050, 0.03, 0.02),
}

/** Kinds of production, largest first. */
export const productionTypes: readonly string[] = Object.keys(production)

/** A plausible curve for a metric, by its name; a gentle wave for an unknown one. */
export const shapeOf = (metric: string, tags: readonly string[], courses: Samples['courses'] = {}): Shape => {
  const kind = tags.find((tag) => tag.startsWith('production_type:'))?.slice('production_type:'.length) ?? ''
  const byKind = metric === 'electricity.production' && Object.hasOwn(production, kind) ? production[kind] : undefined
  const course = Object.entries(courses).find(([name]) => new RegExp(name, 'u').test(metric))?.[1]
  if (course !== undefined) return shapeOfCourse(course)
  return byKind ?? shapes.find(([name]) => name.test(metric))?.[1] ?? level(50, 0.5, 0.15)
}
