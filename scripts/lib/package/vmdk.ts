// Writes a reproducible VMDK.

import { type FileHandle, open, stat } from 'node:fs/promises'
import { BoxhoundError } from '../_helpers/errors.ts'
import { convertImage } from '../bake/formats.ts'

const sector = 512

/** Values of a CID that mean something else: a disk without parent, and one that was never written to. */
const reserved = /^f{7}[fe]$/

/** Reads bytes that must be there. @throws BoxhoundError E_PACKAGE */
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

/** Where the descriptor is embedded, by the sparse extent's header (VMware's Virtual Disk Format 1.1): both in bytes. */
const locate = async (file: FileHandle, shown: string): Promise<{ start: number; room: number }> => {
  const header = await readAt(file, 0, sector, shown)
  if (header.toString('latin1', 0, 4) !== 'KDMV') throw noDescriptor(shown, 'a file that does not start with KDMV')
  return {
    start: Number(header.readBigUInt64LE(28)) * sector,
    room: Number(header.readBigUInt64LE(36)) * sector,
  }
}

/** Lines of a descriptor that say something: comments, settings, extents. */
const isWhole = (line: string): boolean => /^(?:#|[\w.]+ ?= ?\S|RW \d)/.test(line)

/**
 * The descriptor as text. Where qemu-img writes it a second time and shorter, the end of the first one stays behind it: a line break, or
 * up to seven characters more.
 */
const descriptorIn = (bytes: Buffer): string => {
  const lines = bytes.toString('latin1').replace(/\0+$/, '').split('\n')
  return `${lines.slice(0, lines.findLastIndex(isWhole) + 1).join('\n')}\n`
}

/**
 * Gives a VMDK its content id, where qemu-img writes a random one. The whole descriptor is written anew, for qemu-img leaves out leading
 * zeros: every sixteenth of its descriptors is shorter than the others, and what follows stands elsewhere.
 *
 * @param cid 8 hexadecimal digits; the two reserved ones become others.
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
 * Writes a disk as the stream-optimised VMDK of a VirtualBox box: the same disk, name and CID give the same bytes by the same
 * qemu-img and zlib.
 *
 * The adapter type in its descriptor stays vSphere's lsilogic: VirtualBox goes by the controller that box.ovf hangs the disk on.
 *
 * @param source a qcow2.
 * @param target its base name is embedded, so it must be the one in box.ovf.
 * @param shown what an error calls the box.
 * @param cid 8 hexadecimal digits that tell this disk from others.
 * @returns bytes of the file, and of the disk in it. Not synced.
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
