// Processors and memory of this machine.

import { availableParallelism, totalmem } from 'node:os'
import type { Limits } from './schedule.ts'

const million = 1_000_000

/** What this machine or container offers to tests. A quarter of the memory is left for the page cache and other processes. */
export const machineLimits = (): Limits => {
  // 0, or more than the total memory, if this process has no limit.
  const constrained = process.constrainedMemory()
  const memory = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return { processors: availableParallelism(), memory: Math.floor((memory * 0.75) / million) }
}
