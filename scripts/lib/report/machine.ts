// Display names of machine kinds.

import type { MachineKind } from '../verify/results.ts'

/** Descriptions of the machine for readers. */
export const machineNames: Readonly<Record<MachineKind, string>> = {
  qemu: 'QEMU, a cold boot of the published file',
  container: 'container, the published file on this host’s kernel',
  host: 'a running host, over SSH',
  vagrant: 'a Vagrant machine, over SSH',
}
