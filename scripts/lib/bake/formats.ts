// Converts a disk to a format and verifies the result.

import { stat } from 'node:fs/promises'
import { waitIfInterrupted } from '../_helpers/cleanup.ts'
import { cleanEnvironment } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { askSandbox, startSandbox } from '../_helpers/sandbox.ts'
import type { DiskFormat, Format } from '../box/box.ts'

const mebibyte = 1 << 20

interface Writing {
  /** The format's name in qemu-img. */
  readonly driver: string
  readonly words: readonly string[]
  /** Size of the file for a disk of this size, if the format determines it. */
  readonly bytes?: (virtual: number) => number
}

// -W writes out of order, on all cores. streamOptimized is written sequentially, so on one.
const parallel = ['-m', '16', '-W']

const writings: Readonly<Record<DiskFormat, Writing>> = {
  // zstd in 2 MiB clusters takes 2 s where zlib takes 26, and gives the smallest file of the four.
  qcow2: { driver: 'qcow2', words: ['-c', '-o', 'compression_type=zstd,cluster_size=2M', ...parallel] },
  // Sparse: empty parts take no space.
  raw: { driver: 'raw', words: parallel, bytes: (virtual) => virtual },
  // The compressed variant that vSphere and clouds import, with SCSI like their controllers.
  vmdk: { driver: 'vmdk', words: ['-o', 'subformat=streamOptimized,adapter_type=lsilogic'] },
  // The fixed variant, which Azure requires and every other VHD reader accepts: the disk and a 512-byte footer, as
  // sparse as raw. Without force_size the disk would be rounded up to whole cylinders and differ from the qcow2.
  vhd: {
    driver: 'vpc',
    words: ['-o', 'subformat=fixed,force_size=on', ...parallel],
    bytes: (virtual) => virtual + 512,
  },
}

export const imageFile = (box: string, format: Format): string =>
  format === 'oci' ? `${box}.oci.tar` : `${box}.${format}`

const inspect = async (path: string, format: DiskFormat): Promise<{ driver: string; virtual: number }> => {
  // raw and fixed VHD have no header to recognize. The other formats must be recognized from the file itself.
  const told = format === 'raw' || format === 'vhd' ? ['-f', writings[format].driver] : []
  const { code, stdout } = await askSandbox(['qemu-img', 'info', '--output=json', ...told, '--', path])
  if (code !== 0) return { driver: 'not readable by qemu-img', virtual: 0 }
  const info: unknown = JSON.parse(stdout)
  const record = typeof info === 'object' && info !== null ? info : {}
  return {
    driver: 'format' in record ? String(record.format) : 'unknown',
    virtual: 'virtual-size' in record ? Number(record['virtual-size']) : 0,
  }
}

/**
 * Writes a disk in another format and measures the result: exit status 0 does not prove that there is an output (faults
 * 30, 37).
 *
 * @param source a qcow2.
 * @param target its base name is embedded in a vmdk, so it must be the final one.
 * @param expected size that the disk must have; undefined takes it from the output.
 * @param shown the target's name in errors.
 * @returns size of the disk in bytes. The target is not synced.
 * @throws BoxhoundError E_PUBLISH
 */
export const convertImage = async (
  source: string,
  target: string,
  format: DiskFormat,
  { expected, shown }: { readonly expected?: number | undefined; readonly shown: string },
): Promise<number> => {
  const { driver, words, bytes } = writings[format]
  if (format === 'vhd' && (expected ?? 0) % mebibyte !== 0)
    throw new BoxhoundError('E_PUBLISH', 'the size of a VHD must be a whole number of MiB, or Azure rejects it', {
      file: shown,
      found: `a disk of ${expected} bytes`,
      next: 'give the disk a size in the box file: image: { size: 10G }',
    })
  const convert = startSandbox(['qemu-img', 'convert', '-f', 'qcow2', '-O', driver, ...words, source, target], {
    cwd: '/',
    environment: cleanEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const complaints: Buffer[] = []
  convert.child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk))
  const code = await convert.ended
  await waitIfInterrupted()
  if (code !== 0)
    throw new BoxhoundError('E_PUBLISH', `qemu-img convert failed with status ${code}`, {
      file: shown,
      found: Buffer.concat(complaints).toString('utf8').trim() || 'no message',
      next: 'is the disk full? the published image is unchanged',
    })
  const written = await inspect(target, format)
  await waitIfInterrupted()
  const virtual = expected ?? written.virtual
  const size = await stat(target).then(
    (file) => file.size,
    () => 0,
  )
  const wanted = bytes?.(virtual) ?? size
  if (written.driver !== driver || written.virtual !== virtual || virtual === 0 || size !== wanted)
    throw new BoxhoundError('E_PUBLISH', 'qemu-img convert wrote no valid image', {
      file: shown,
      expected: expected === undefined ? driver : `${driver}, ${virtual} bytes, in a file of ${wanted}`,
      found: `${written.driver}, ${written.virtual} bytes, in a file of ${size}`,
    })
  return virtual
}
