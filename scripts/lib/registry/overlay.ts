// Checks the files that a pulled qcow2 refers to.

import { open } from 'node:fs/promises'

const magic = 0x514649fb
const headerBytes = 4096
const end = 0
const backingFormat = 0xe2792aca

/** Incompatible features that a normal overlay has: the compression type, and extended L2 entries. */
const harmless = (1n << 3n) | (1n << 4n)

/** Header extensions by type, up to the backing file's name or a malformed extension. */
const extensionsOf = (header: Buffer): Map<number, Buffer> => {
  const found = new Map<number, Buffer>()
  for (let at = header.readUInt32BE(100); at + 8 <= header.length; ) {
    const [type, length] = [header.readUInt32BE(at), header.readUInt32BE(at + 4)]
    if (type === end || at + 8 + length > header.length) break
    found.set(type, header.subarray(at + 8, at + 8 + length))
    at += 8 + Math.ceil(length / 8) * 8
  }
  return found
}

/**
 * What is wrong with a pulled overlay's header; undefined if it is safe. A qcow2 can refer to other files, which QEMU
 * opens as root, so a forged one could copy any file of this machine into an image. It must therefore refer to its
 * parent in the store and nothing else.
 *
 * @param parent id of the layer below; null for the lowest layer.
 */
export const headerFault = (header: Buffer, parent: string | null): string | undefined => {
  if (header.length < 112 || header.readUInt32BE(0) !== magic) return 'no qcow2 file'
  if (header.readUInt32BE(4) !== 3) return `qcow2 of version ${header.readUInt32BE(4)}`
  if (header.readUInt32BE(32) !== 0) return 'an encrypted qcow2 file'
  const features = header.readBigUInt64BE(72) & ~harmless
  if (features !== 0n) return `qcow2 features ${features.toString(2)}, such as an external data file`
  const [offset, length] = [Number(header.readBigUInt64BE(8)), header.readUInt32BE(16)]
  if (parent === null) return offset === 0 ? undefined : 'a backing file where none belongs'
  if (offset === 0 || length > 1023 || offset + length > header.length) return 'no backing file'
  if (header.toString('latin1', offset, offset + length) !== `${parent}.qcow2`) return 'another backing file'
  if (extensionsOf(header).get(backingFormat)?.toString('latin1') !== 'qcow2')
    return 'another format of its backing file'
  return undefined
}

/** `headerFault` for a file. */
export const overlayFault = async (path: string, parent: string | null): Promise<string | undefined> => {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0)
    return headerFault(buffer.subarray(0, bytesRead), parent)
  } finally {
    await file.close()
  }
}
