// Writes and checks SHA256SUMS.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { boxFolder, type Manifest } from './manifest.ts'

export const sumsFile = 'SHA256SUMS'

/**
 * The digests of everything that is published for a box, as `sha256sum -c SHA256SUMS` in its folder reads them.
 *
 * @param documents content of the small files beside the images, by name. Those of the images stand in the manifest already: an image is
 * not read again.
 */
export const publishedSums = (
  { images }: Pick<Manifest, 'images'>,
  documents: Readonly<Record<string, string | Uint8Array>>,
): string =>
  [
    ...images.map(({ file, sha256: digest }) => [digest, file]),
    ...Object.entries(documents).map(([file, content]) => [sha256(content), file]),
  ]
    .map(([digest, file]) => `${digest}  ${file}\n`)
    .join('')

/** Whether SHA256SUMS is the one of this manifest and of what lies beside it; false when a file is missing. Reads no image. */
export const sumsFit = async (manifest: Manifest, project: Project): Promise<boolean> => {
  const folder = boxFolder(manifest.box, project)
  try {
    const [expectations, text, sums] = await Promise.all([
      readFile(join(folder, 'expectations.json')),
      readFile(join(folder, 'manifest.json')),
      readFile(join(folder, sumsFile), 'utf8'),
    ])
    return sums === publishedSums(manifest, { 'expectations.json': expectations, 'manifest.json': text })
  } catch {
    return false
  }
}
