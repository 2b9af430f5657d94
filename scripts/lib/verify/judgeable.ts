// Checks that a kind of machine cannot run.

import type { MachineKind } from './results.ts'

/** Checks of the kernel that a machine booted by itself. */
const kernelIds = ['image.kernel']

/** What this kind of machine cannot show, each id with the reason: it is not judged there, which is neither green nor red. */
export const notJudgedOn = (kind: MachineKind): ReadonlyMap<string, string> =>
  new Map(
    kind === 'container'
      ? kernelIds.map((id) => [
          id,
          'a container runs on the kernel of the machine that holds it; verify the image with --machine qemu',
        ])
      : [],
  )
