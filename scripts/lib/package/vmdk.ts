// Writes a reproducible VMDK.

import { type FileHandle, open, stat } from 'node:fs/promises'
import { BoxhoundError } from '../_helpers/errors.ts'
import { convertImage } from '../bake/formats.ts'

const sector = 512

/** CIDs with a special meaning: a disk without parent, and one that was never written to. */
const reserved = /^f{7}[fe]$/

/** Reads bytes that have to be there. @throws BoxhoundError E_PACKAGE */
const readAt = async (file: FileHandle, position: number, bytes: number, shown: string): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, position)
  if (bytesRead !== bytes)
    throw noDescriptor(shown, `${bytesRead} bytes at ${position}`, `${bytes} bytes at ${position}`)
  return buffer
}

const noDescriptor = (
  shown: string,
  found: string,
  expected = 'a VMDK with one CID in its descriptor',
): BoxhoundError =>
  new BoxhoundError('E_PACKAGE', 'unexpected VMDK structure', {
    file: shown,
    expected,
    found,
    next: 'check the version of qemu-img: qemu-img --version',
  })

/**
 * Position and size in bytes of the embedded descriptor, from the sparse extent's header (VMware's Virtual Disk Format
 * 1.1).
 */
const locate = async (file: FileHandle, shown: string): Promise<{ start: number; room: number }> => {
  const header = await readAt(file, 0, sector, shown)
  if (header.toString('latin1', 0, 4) !== 'KDMV') throw noDescriptor(shown, 'a file that does not start with KDMV')
  return {
    start: Number(header.readBigUInt64LE(28)) * sector,
    room: Number(header.readBigUInt64LE(36)) * sector,
  }
}

/** Whether a descriptor's line is complete: a comment, setting or extent. */
const isWhole = (line: string): boolean => /^(?:#|[\w.]+ ?= ?\S|RW \d)/.test(line)

/**
 * The descriptor as text. qemu-img writes it twice; if the second one is shorter, the end of the first follows it: a
 * line break, or up to seven more characters.
 */
const descriptorIn = (bytes: Buffer): string => {
  const lines = bytes.toString('latin1').replace(/\0+$/, '').split('\n')
  return `${lines.slice(0, lines.findLastIndex(isWhole) + 1).join('\n')}\n`
}

/**
 * Sets a VMDK's content id, for which qemu-img writes a random number. The whole descriptor is rewritten, because
 * qemu-img omits leading zeros: one in sixteen of its descriptors is shorter, which shifts what follows.
 *
 * @param cid 8 hexadecimal digits; the two reserved values are replaced.
 * @throws BoxhoundError E_PACKAGE
 */
export const setCid = async (path: string, cid: string, shown: string): Promise<void> => {
  const file = await open(path, 'r+')
  try {
    const { start, room } = await locate(file, shown)
    const text = descriptorIn(await readAt(file, start, room, shown))
    const lines = text.match(/^CID=[0-9a-f]{1,8}$/gm) ?? []
    if (lines.length !== 1) throw noDescriptor(shown, `${lines.length} lines of a CID`)
    const own = reserved.test(cid) ? '00000001' : cid
    const descriptor = Buffer.alloc(room)
    const named = text.replace(/^CID=.*$/m, `CID=${own}`)
    if (descriptor.write(named, 'latin1') !== named.length)
      throw noDescriptor(shown, 'a descriptor without room for 8 digits')
    await file.write(descriptor, 0, room, start)
    if (!(await readAt(file, start, room, shown)).equals(descriptor))
      throw noDescriptor(shown, 'another CID, read back')
  } finally {
    await file.close()
  }
}

/**
 * Writes a disk as the stream-optimized VMDK of a VirtualBox box. With the same qemu-img and zlib, the same disk, name
 * and CID give the same bytes.
 *
 * The adapter type in its descriptor stays vSphere's lsilogic, since VirtualBox uses the controller from box.ovf.
 *
 * @param source a qcow2.
 * @param target its base name is embedded, so it must be the one in box.ovf.
 * @param shown the box's name in errors.
 * @param cid 8 hexadecimal digits that distinguish this disk from others.
 * @returns size of the file and of the disk inside, in bytes. Not synced.
 * @throws BoxhoundError E_PUBLISH, E_PACKAGE
 */
export const writeVmdk = async (
  source: string,
  target: string,
  shown: string,
  cid: string,
): Promise<{ readonly bytes: number; readonly virtualBytes: number }> => {
  const virtualBytes = await convertImage(source, target, 'vmdk', { shown })
  await setCid(target, cid, shown)
  return { bytes: (await stat(target)).size, virtualBytes }
}
