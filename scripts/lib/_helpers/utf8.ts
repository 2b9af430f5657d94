// Rejects contents and names that are not UTF-8.

import { BoxhoundError } from './errors.ts'

const refused = (
  message: string,
  details: { file: string; line?: number; expected: string; found: string; next: string },
) => new BoxhoundError('E_UTF8', message, { exitCode: 2, ...details })

/** Line of the first byte that is not UTF-8; undefined if all are. */
const brokenLine = (content: Buffer): { line: number; byte: number } | undefined => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    decoder.decode(content)
    return undefined
  } catch {
    // A line at a time: UTF-8 has no newline inside a character.
    let start = 0
    for (let line = 1; start <= content.length; line++) {
      const end = content.indexOf(10, start)
      const part = content.subarray(start, end < 0 ? content.length : end)
      try {
        new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(part)
      } catch {
        const byte = part.findIndex(
          (one, index) =>
            one >= 0x80 &&
            part
              .subarray(0, index + 1)
              .toString('utf8')
              .includes('\ufffd'),
        )
        return { line, byte: part[Math.max(byte, 0)] ?? 0 }
      }
      start = end < 0 ? content.length + 1 : end + 1
    }
    return { line: 1, byte: 0 }
  }
}

/** Rejects bytes that are not UTF-8 (fault 66): read as text they would silently change. @throws BoxhoundError E_UTF8 */
export const assertUtf8 = (content: Buffer, source: string): void => {
  const broken = brokenLine(content)
  if (broken !== undefined)
    throw refused('not UTF-8', {
      file: source,
      line: broken.line,
      expected: 'text in UTF-8',
      found: `a byte 0x${broken.byte.toString(16).toUpperCase()} that is not part of a UTF-8 character`,
      next: 'save the file as UTF-8',
    })
}

/** A file's content as text. @throws BoxhoundError E_UTF8 that names it as `source` does */
export const decodeUtf8 = (content: Buffer, source: string): string => {
  assertUtf8(content, source)
  return content.toString('utf8')
}

/** Node replaces invalid bytes in a file name, so that the file is not found again. @throws BoxhoundError E_UTF8 */
export const assertNameUtf8 = (folder: string, name: string): void => {
  if (name.includes('\ufffd'))
    throw refused('a file name that is not UTF-8', {
      file: folder,
      expected: 'file names in UTF-8',
      found: name,
      next: 'rename it',
    })
}
