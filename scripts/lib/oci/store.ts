// Blobs of container images in the store.

import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../_helpers/atomic.ts'
import { sha256, sha256Files } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import type { Blob } from '../registry/manifest.ts'
import { limits } from './documents.ts'

/** One folder for all images: they share layers. */
export const blobPath = (hex: string, { cache }: Project): string => join(cache, 'oci', 'blobs', hex)

const remove = async (path: string, tell: (line: string) => void): Promise<void> => {
  tell('a stored part of the image is damaged: fetching it again')
  await rm(path, { recursive: true, force: true })
}

/** A stored document; undefined if it is missing or damaged. It is hashed: a flipped bit passes every other check (fault 31). */
export const storedDocument = async (
  hex: string,
  tell: (line: string) => void,
  project: Project,
): Promise<Buffer | undefined> => {
  const path = blobPath(hex, project)
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return undefined
  const content = found.isFile() && found.size <= limits.document ? await readFile(path) : undefined
  if (content !== undefined && sha256(content) === hex) return content
  await remove(path, tell)
  return undefined
}

export const storeDocument = (hex: string, content: Buffer, project: Project): Promise<void> =>
  writeAtomic(blobPath(hex, project), content)

/** Blobs that the store lacks; damaged ones are removed. All are hashed, on two threads. */
export const missingBlobs = async (
  blobs: readonly Blob[],
  tell: (line: string) => void,
  project: Project,
): Promise<Blob[]> => {
  const wanted = new Map(blobs.map((blob) => [blob.sha256, blob]))
  const sizes = new Map<string, number | undefined>()
  for (const hex of wanted.keys())
    sizes.set(
      hex,
      await stat(blobPath(hex, project)).then(
        (found) => (found.isFile() ? found.size : -1),
        () => undefined,
      ),
    )
  const right = [...wanted.values()].filter(({ sha256: hex, bytes }) => sizes.get(hex) === bytes)
  const digests = await sha256Files(right.map(({ sha256: hex }) => blobPath(hex, project)))
  const missing: Blob[] = []
  for (const blob of wanted.values()) {
    const path = blobPath(blob.sha256, project)
    if (digests.get(path) === blob.sha256) continue
    if (sizes.get(blob.sha256) !== undefined) await remove(path, tell)
    missing.push(blob)
  }
  return missing
}
