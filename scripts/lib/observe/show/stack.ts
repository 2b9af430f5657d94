// Stacks areas.

import type { Point, Series } from './page-data.ts'

export interface Layer {
  readonly lower: readonly Point[]
  readonly upper: readonly Point[]
}

/** Stacks series; a missing point counts as zero. Negative values stack downwards. */
export const stack = (all: readonly Series[]): Layer[] => {
  const times = [...new Set(all.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b)
  const [above, below] = [new Map<number, number>(), new Map<number, number>()]
  return all.map(({ points }) => {
    const values = new Map(points)
    const layer = times.map((at) => {
      const value = values.get(at) ?? 0
      const heap = value < 0 ? below : above
      const base = heap.get(at) ?? 0
      heap.set(at, base + value)
      return { at, base, top: base + value }
    })
    return {
      lower: layer.map(({ at, base }): Point => [at, base]),
      upper: layer.map(({ at, top }): Point => [at, top]),
    }
  })
}
