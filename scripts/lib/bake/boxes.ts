// Bakes several boxes in parallel.

import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { withOwnSandboxes } from '../_helpers/sandbox.ts'
import { tracedAs } from '../_helpers/trace.ts'

/**
 * Memory in bytes that one bake may need: apt and dpkg, pip with its wheels, the converter's buffers, a layer's /tmp.
 */
const perBox = 1.5 * 2 ** 30

/** How many boxes to bake at a time: as many as processors and free memory allow, at least one. */
export const boxesAtOnce = (boxes: number, processors: number, free: number): number =>
  Math.max(1, Math.min(boxes, processors, Math.floor(free / perBox)))

/** Available memory without swapping (MemAvailable); Infinity if unknown. */
const freeMemory = async (): Promise<number> => {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1]
  return kibibytes === undefined ? Number.POSITIVE_INFINITY : Number(kibibytes) * 1024
}

export type Settled<T> = { readonly box: string } & ({ readonly value: T } | { readonly error: unknown })

/**
 * Runs work for several boxes, as many in parallel as fit. A failure neither ends the others nor prevents later ones
 * from starting; a signal ends all.
 *
 * @returns how each ended, in the given order.
 */
export const eachBox = async <T>(
  boxes: readonly string[],
  work: (box: string) => Promise<T>,
  limit?: number,
): Promise<Settled<T>[]> => {
  const atOnce = limit ?? boxesAtOnce(boxes.length, availableParallelism(), await freeMemory())
  const queue = [...boxes.entries()]
  const settled: Settled<T>[] = []
  const drain = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, box] = next
      settled[index] = await withOwnSandboxes(() => tracedAs(box, () => work(box))).then(
        (value) => ({ box, value }),
        (error: unknown) => ({ box, error }),
      )
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, boxes.length) }, drain))
  return settled
}
