// Parses SHA256SUMS as coreutils writes it.

import { BoxhoundError } from '../_helpers/errors.ts'

const listError = (place: string, line: number, message: string, found: string): BoxhoundError =>
  new BoxhoundError('E_CHECKSUMS', message, {
    file: place,
    line,
    expected: 'lines as sha256sum writes them: 64 hexadecimal digits, two spaces or a space and *, a file name',
    found: found.length > 80 ? `${found.slice(0, 80)}…` : found,
    next: 'check that the address is that of a SHA256SUMS file',
  })

/**
 * Parses a SHA256SUMS file as coreutils writes it: `DIGEST  NAME` or `DIGEST *NAME`, with LF or CRLF.
 *
 * @param place the file's name in errors.
 * @returns digests in lower case, by name.
 * @throws BoxhoundError E_CHECKSUMS with the line number for any other line, for a name escaped with a leading
 *   backslash, and for a name that is listed twice, since one digest could belong to another file.
 */
export const parseChecksums = (text: string, place: string): ReadonlyMap<string, string> => {
  const digests = new Map<string, string>()
  for (const [index, full] of text.split('\n').entries()) {
    const line = full.endsWith('\r') ? full.slice(0, -1) : full
    if (line === '') continue
    if (line.startsWith('\\')) throw listError(place, index + 1, 'a file name with escapes', line)
    const [, digest, name] = /^([0-9a-fA-F]{64}) [ *]([^\r\0]+)$/.exec(line) ?? []
    if (digest === undefined || name === undefined)
      throw listError(place, index + 1, 'not a line of a checksum list', line)
    if (digests.has(name)) throw listError(place, index + 1, 'a file listed twice', name)
    digests.set(name, digest.toLowerCase())
  }
  return digests
}

/** The digest of a file in the list. @throws BoxhoundError E_CHECKSUMS_MISSING naming the file. */
export const checksumOf = (digests: ReadonlyMap<string, string>, name: string, place: string): string => {
  const digest = digests.get(name)
  if (digest !== undefined) return digest
  const near = [...digests.keys()].filter((other) => other.endsWith(name.slice(name.lastIndexOf('.')))).slice(0, 5)
  throw new BoxhoundError('E_CHECKSUMS_MISSING', `the signed list lacks ${name}`, {
    file: place,
    expected: name,
    found:
      near.length === 0 ? `${digests.size} other names` : `${digests.size} other names, such as ${near.join(', ')}`,
    next: 'check publisher.image in provision/systems.yaml',
  })
}
