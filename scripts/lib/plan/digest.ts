// SHA-256 of a folder in the project.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../_helpers/hash.ts'
import { readPlain } from '../_helpers/plain-file.ts'

const ignored = /^(tests?|contract|__pycache__|node_modules|.*\.md)$/

/**
 * SHA-256 over a file or folder of the project: path, executable bit and content of each file, sorted by name.
 * Tests and documentation don't affect a machine and are left out.
 */
export const digestFolder = async (folder: string): Promise<string> => {
  if (!(await stat(folder)).isDirectory()) return sha256(readPlain(folder, { source: folder, follow: true }).content)
  const rows: string[] = []
  const visit = async (relative: string): Promise<void> => {
    const entries = await readdir(join(folder, relative), { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (ignored.test(entry.name)) continue
      const path = join(relative, entry.name)
      if (entry.isDirectory()) await visit(path)
      else {
        const file = join(folder, path)
        const { content, executable } = readPlain(file, { source: file, follow: true })
        rows.push(`${path}\0${executable ? 'x' : '-'}\0${sha256(content)}`)
      }
    }
  }
  await visit('.')
  return sha256(rows.join('\n'))
}
