// Expands the published image to a raw disk.

import { resolve } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { askSandbox } from '../_helpers/sandbox.ts'

/**
 * Converts a published, compressed image to a raw disk for a container. This takes 0.8 s once. Reading through the
 * compression would decompress 2 MiB for every few KiB, and a boot would take five times as long.
 */
export const expandImage = async (image: string, raw: string): Promise<void> => {
  // Ends with this process, whatever ends it.
  const made = await askSandbox([
    'qemu-img',
    'convert',
    '-f',
    'qcow2',
    '-O',
    'raw',
    '-m',
    '8',
    '-W',
    '--',
    resolve(image),
    resolve(raw),
  ])
  if (made.code === 0) return
  throw new BoxhoundError('E_EXPAND', 'cannot expand the image to a raw disk', {
    file: image,
    expected: `room for the disk at ${raw}`,
    found: made.stderr.trim(),
  })
}
