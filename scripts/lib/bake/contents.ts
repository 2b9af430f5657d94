// SHA-256 of a folder in the store.

import { readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256, sha256File } from '../_helpers/hash.ts'

/**
 * SHA-256 over a folder in the store: the path and content of each file, and the targets of links. Unlike the digest of
 * the project's own folders (plan/digest.ts) it can handle files as large as disk images.
 */
export const digestContents = async (folder: string): Promise<string> => {
  const rows: string[] = []
  const visit = async (relative: string): Promise<void> => {
    const entries = await readdir(join(folder, relative), { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(relative, entry.name)
      const file = join(folder, path)
      if (entry.isDirectory()) await visit(path)
      else rows.push(`${path}\0${entry.isSymbolicLink() ? `-> ${await readlink(file)}` : await sha256File(file)}`)
    }
  }
  await visit('.')
  return sha256(rows.join('\n'))
}
