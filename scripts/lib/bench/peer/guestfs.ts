// virt-customize as a peer.

import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { networkEnvironment } from '../../_helpers/environment.ts'
import type { Bench, Measured, Side } from '../measurement.ts'
import { forReaders } from '../shown.ts'
import { runTimed } from '../timed.ts'
import type { PeerDisk } from './disk.ts'

/** virt-customize on a copy of the disk; the time includes the copy, as Packer's does. */
export const guestfsSide = async (
  bench: Bench,
  name: string,
  disk: PeerDisk,
  words: readonly string[],
  prepare?: () => Promise<void>,
): Promise<Side> => {
  const folder = join(bench.work, 'guestfs', name)
  await mkdir(folder, { recursive: true })
  const copy = join(folder, 'image.qcow2')
  const command = ['virt-customize', '--format', 'qcow2', '-a', copy, ...words] as const
  return {
    name: 'virt-customize',
    tool: 'virt-customize',
    command: forReaders(`cp ${disk.path} ${copy} && ${command.join(' ')}`, {
      work: bench.work,
      root: bench.project.tool,
    }),
    ...(prepare === undefined ? {} : { prepare }),
    run: async (log): Promise<Measured> => {
      const begin = performance.now()
      await copyFile(disk.path, copy)
      // By default it uses KVM wherever the device opens, even if no kernel boots under it.
      const settings = bench.accelerator === 'tcg' ? { LIBGUESTFS_BACKEND_SETTINGS: 'force_tcg' } : {}
      const environment = { ...networkEnvironment(), LIBGUESTFS_BACKEND: 'direct', ...settings, TMPDIR: folder }
      await runTimed({ words: [...command], cwd: folder, environment }, log)
      return { seconds: (performance.now() - begin) / 1000 }
    },
  }
}
