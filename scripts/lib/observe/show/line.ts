// Lines.

import type { Point } from './page-data.ts'
import { type Place, rounded } from './scale.ts'

export interface Plane {
  readonly x: Place
  readonly y: Place
}

const pairs = (points: readonly Point[], { x, y }: Plane): string[] =>
  points.map(([seconds, value]) => `${rounded(x(seconds))} ${rounded(y(value))}`)

/** Runs of consecutive points; a gap longer than `gap` seconds ends a run. */
export const runsOf = (points: readonly Point[], gap: number): Point[][] => {
  const runs: Point[][] = []
  let before = 0
  for (const point of points) {
    if (runs.length === 0 || point[0] - before > gap) runs.push([])
    runs.at(-1)?.push(point)
    before = point[0]
  }
  return runs
}

/** The `d` of a path through points; a single point becomes a dot, because the path has round ends. */
export const linePath = (points: readonly Point[], plane: Plane, gap = Number.POSITIVE_INFINITY): string =>
  runsOf(points, gap)
    .map((run) => (run.length === 1 ? `M${pairs(run, plane)[0] ?? ''}h0` : `M${pairs(run, plane).join('L')}`))
    .join('')

/** The `d` of the area between two lines over the same times. */
export const areaPath = (upper: readonly Point[], lower: readonly Point[], plane: Plane): string =>
  upper.length === 0 ? '' : `M${[...pairs(upper, plane), ...pairs(lower, plane).reverse()].join('L')}Z`

/**
 * The `d` of a dot for each point, drawn as a stroke with round ends, which stays round even if the drawing is
 * stretched.
 */
export const dotsPath = (points: readonly Point[], plane: Plane): string =>
  pairs(points, plane)
    .map((pair) => `M${pair}h0`)
    .join('')
