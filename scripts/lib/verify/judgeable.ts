// Checks that a kind of machine cannot run.

import type { MachineKind } from './results.ts'

/** Checks of the kernel that a machine has booted itself. */
const kernelIds = ['image.kernel']

/** The ids that can't be judged on this kind of machine, each with the reason; they are neither green nor red. */
export const notJudgedOn = (kind: MachineKind): ReadonlyMap<string, string> =>
  new Map(
    kind === 'container'
      ? kernelIds.map((id) => [
          id,
          'a container runs on the kernel of the machine that holds it; verify the image with --machine qemu',
        ])
      : [],
  )
