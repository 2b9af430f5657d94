// Processors and memory of this machine.

import { availableParallelism, totalmem } from 'node:os'
import type { Limits } from './schedule.ts'

const million = 1_000_000

/** What this machine, or the container that it is, offers to tests. A quarter of the memory is left to the page cache and to everybody else. */
export const machineLimits = (): Limits => {
  // 0 or a number beyond all memory where nothing limits this process.
  const constrained = process.constrainedMemory()
  const memory = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return { processors: availableParallelism(), memory: Math.floor((memory * 0.75) / million) }
}
