// Bars.

import type { Plane } from './line.ts'
import { rounded } from './scale.ts'
import type { Layer } from './stack.ts'

/** The `d` of one bar for each point of a layer; a bar fills most of the `size` seconds that start at its time. */
export const barsPath = ({ lower, upper }: Layer, size: number, { x, y }: Plane): string =>
  upper
    .flatMap(([at, top], index) => {
      const bottom = lower[index]?.[1] ?? 0
      if (top === bottom) return []
      const [left, right] = [rounded(x(at + size * 0.08)), rounded(x(at + size * 0.92))]
      return [`M${left} ${rounded(y(bottom))}V${rounded(y(top))}H${right}V${rounded(y(bottom))}Z`]
    })
    .join('')
