// Back to a moment of a running machine.

import { humanMonitor, type Qmp } from './qmp.ts'

/**
 * Keeps the running machine, memory and disk, inside its own overlay.
 *
 * QEMU's internal snapshots take the disk back together with the memory; a migration file is a little quicker to
 * load (1.27 s to 1.40 s until a login) but would need the overlay to be swapped by hand each time.
 */
export const saveSnapshot = (qmp: Qmp, name: string): Promise<void> => humanMonitor(qmp, `savevm ${name}`)

/** Goes back to a snapshot. The guest's clock goes back too, and every connection to it is dead. */
export const loadSnapshot = async (qmp: Qmp, name: string): Promise<void> => {
  await humanMonitor(qmp, `loadvm ${name}`)
  await qmp.execute('cont')
}
