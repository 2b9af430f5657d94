import type { ContainerExpectation } from '../../scripts/lib/render/rendered-box.ts'
import type { Guest } from './guest.ts'

/** The Agent's container; the plan includes its checks only for a box that has one. */
export const containerOf = ({ context }: Guest): ContainerExpectation => {
  const { container } = context.expectations
  if (container === null) throw new TypeError('this box has no container')
  return container
}

/** File with the process id of the container's first process, written by podman. */
export const processFile = (name: string): string => `/run/${name}.pid`
