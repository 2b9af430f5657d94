// Publishes images, manifest and checksums atomically.

import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { syncPath, writeAtomic } from '../_helpers/atomic.ts'
import { withoutInterruption } from '../_helpers/cleanup.ts'
import { type Project, shown } from '../_helpers/paths.ts'
import type { Format } from '../box/box.ts'
import { formats as allFormats } from '../box/schema.ts'
import { imageFile } from './formats.ts'
import { boxFolder, type Manifest, manifestText } from './manifest.ts'
import { publishedSums, sumsFile } from './sums.ts'

/**
 * Publishes the images from `makeImages` and their documents: complete and synced, each file by one rename (fault 30).
 *
 * Images come first, then the manifest, and SHA256SUMS last. If it is interrupted, the manifest doesn't match the
 * images, or the sums don't match the manifest. The next bake notices that and publishes again.
 *
 * @param expectations text of expectations.json.
 */
export const publishSet = async (
  manifest: Manifest,
  expectations: string,
  staging: string,
  project: Project,
): Promise<void> => {
  const documents = { 'expectations.json': expectations, 'manifest.json': manifestText(manifest) }
  const texts = { ...documents, [sumsFile]: publishedSums(manifest, documents) }
  await withoutInterruption(async () => {
    await mkdir(staging, { recursive: true })
    for (const [name, text] of Object.entries(texts)) {
      await writeFile(join(staging, name), text)
      await syncPath(join(staging, name))
    }
  })
  const folder = boxFolder(manifest.box, project)
  await withoutInterruption(async () => {
    const staged = new Set(await readdir(staging))
    const move = async (name: string): Promise<void> => {
      if (staged.has(name)) await rename(join(staging, name), join(folder, name))
    }
    // The qcow2 last: as long as it doesn't match the manifest, nothing can be booted.
    for (const { file } of manifest.images.toReversed()) await move(file)
    await syncPath(folder)
    for (const name of Object.keys(documents)) await move(name)
    await syncPath(folder)
    await move(sumsFile)
    await syncPath(folder)
  })
}

/** Writes what the suite expects of a published box, and its digest, if it has changed. */
export const updateExpectations = async (manifest: Manifest, expectations: string, project: Project): Promise<void> => {
  const folder = boxFolder(manifest.box, project)
  const path = join(folder, 'expectations.json')
  if ((await readFile(path, 'utf8').catch(() => undefined)) === expectations) return
  const text = await readFile(join(folder, 'manifest.json'))
  await writeAtomic(path, expectations)
  const documents = { 'expectations.json': expectations, 'manifest.json': text }
  await writeAtomic(join(folder, sumsFile), publishedSums(manifest, documents))
}

/** Paths of images in formats that the box file no longer lists. */
export const staleImages = async (box: string, wanted: readonly Format[], project: Project): Promise<string[]> => {
  const paths = allFormats
    .filter((format) => !wanted.includes(format))
    .map((format) => join(boxFolder(box, project), imageFile(box, format)))
  const there = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  )
  return paths.filter((_, index) => there[index])
}

/** Removes these images. @returns one line for each. */
export const dropStale = async (box: string, wanted: readonly Format[], project: Project): Promise<string[]> => {
  const stale = await staleImages(box, wanted, project)
  for (const path of stale) await rm(path, { force: true })
  return stale.map((path) => `${shown(path)} was removed: the box file no longer lists its format`)
}
