// Several boxes side by side.

import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { withOwnSandboxes } from '../_helpers/sandbox.ts'
import { tracedAs } from '../_helpers/trace.ts'

/** Bytes of memory that a bake may need at a time: apt and dpkg, pip with its wheels, the converter's buffers, /tmp of a layer. */
const perBox = 1.5 * 2 ** 30

/** How many boxes are baked at a time: as many as processors and free memory bear, and one in any case. */
export const boxesAtOnce = (boxes: number, processors: number, free: number): number =>
  Math.max(1, Math.min(boxes, processors, Math.floor(free / perBox)))

/** Bytes that the kernel could give without swapping: MemAvailable; Infinity where it does not tell. */
const freeMemory = async (): Promise<number> => {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1]
  return kibibytes === undefined ? Number.POSITIVE_INFINITY : Number(kibibytes) * 1024
}

export type Settled<T> = { readonly box: string } & ({ readonly value: T } | { readonly error: unknown })

/**
 * Does the work of several boxes side by side, as many at a time as fit. One that fails neither ends the others nor keeps one from being
 * begun; a signal ends all.
 *
 * @returns how each ended, in the order given.
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
