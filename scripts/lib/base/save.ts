// Saves a text, keeping mode, owner and links.

import { chown, readFile, realpath, stat } from 'node:fs/promises'
import { writeAtomic } from '../_helpers/atomic.ts'
import { BoxhoundError } from '../_helpers/errors.ts'

/** Text as a box file has it, byte for byte: a byte order mark stays. */
const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)

/** A file's text, to be edited and saved. */
export const readText = async (file: string): Promise<string> => decode(await readFile(file))

/**
 * Replaces a file's text, whole or not at all. Its mode and owner stay, and a link to it stays a link.
 *
 * @param before what the new text was made from.
 * @throws BoxhoundError E_BOX_CHANGED when somebody has saved something else since.
 */
export const saveText = async (file: string, before: string, text: string): Promise<void> => {
  const path = await realpath(file)
  const { mode, uid, gid } = await stat(path)
  if ((await readText(path)) !== before)
    throw new BoxhoundError('E_BOX_CHANGED', 'the box file was changed in the meantime', {
      file,
      expected: 'the file as it was at the start',
      found: 'other content',
      next: 'run it again',
    })
  await writeAtomic(path, text, mode & 0o7777)
  const now = await stat(path)
  // By sudo the new file would be root's.
  if (now.uid !== uid || now.gid !== gid) await chown(path, uid, gid).catch(() => {})
}
