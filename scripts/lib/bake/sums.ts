// Writes and checks SHA256SUMS.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { boxFolder, type Manifest } from './manifest.ts'

export const sumsFile = 'SHA256SUMS'

/**
 * The digests of everything published for a box, in the format of `sha256sum -c SHA256SUMS` in its folder.
 *
 * @param documents content of the small files beside the images, by name. The images' digests come from the manifest,
 *   so no image is read again.
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

/** Whether SHA256SUMS matches this manifest and the documents beside it; false if a file is missing. Reads no image. */
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
