// Creates a folder of downloads once per content, and again when it is damaged.

import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryName, writeAtomic } from '../_helpers/atomic.ts'
import { digestContents } from './contents.ts'

/** Folders that this process is currently creating. */
const making = new Map<string, Promise<string>>()

const isThere = (folder: string): Promise<boolean> =>
  readdir(folder).then(
    () => true,
    () => false,
  )

/** The file beside a folder that holds the digest of its content. */
const sumOf = (folder: string): string => `${folder}.sha256`

/** Whether a folder is intact: bit rot, a full disk or a power failure can leave a damaged one under the right name. */
const isWhole = async (folder: string): Promise<boolean> => {
  const known = await readFile(sumOf(folder), 'utf8').catch(() => undefined)
  return known !== undefined && known === (await digestContents(folder).catch(() => undefined))
}

/** Moves a folder away with one rename, since another bake may be copying from it. */
const setAside = async (folder: string, scratch: string): Promise<void> => {
  await mkdir(scratch, { recursive: true })
  const aside = temporaryName(join(scratch, 'damaged'))
  await rename(folder, aside).catch(() => {}) // another bake was faster
  await rm(aside, { recursive: true, force: true })
}

/**
 * A folder created once per content: `make` fills a temporary folder in `scratch`, which is then renamed. A damaged
 * folder, or one of an older boxhound without a digest, is created again.
 */
export const once = async (
  folder: string,
  scratch: string,
  make: (temporary: string) => Promise<void>,
): Promise<string> => {
  // Boxes baked in parallel need the same folders. If the other bake fails, this one creates the folder.
  for (let other = making.get(folder); other !== undefined; other = making.get(folder)) await other.catch(() => {})
  const made = isWhole(folder).then(async (whole) => {
    if (whole) return folder
    if (await isThere(folder)) await setAside(folder, scratch)
    return makeOnce(folder, scratch, make)
  })
  making.set(folder, made)
  try {
    return await made
  } finally {
    making.delete(folder)
  }
}

const makeOnce = async (
  folder: string,
  scratch: string,
  make: (temporary: string) => Promise<void>,
): Promise<string> => {
  await mkdir(join(folder, '..'), { recursive: true })
  await mkdir(scratch, { recursive: true })
  const temporary = temporaryName(join(scratch, 'new'))
  await mkdir(temporary)
  try {
    await make(temporary)
    await writeAtomic(sumOf(folder), await digestContents(temporary))
    // Another bake may have been faster with the same content.
    await rename(temporary, folder).catch(async (error: unknown) => {
      if (!(await isThere(folder))) throw error
    })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  return folder
}
