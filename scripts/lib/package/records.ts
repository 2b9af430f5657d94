// Records of packaged boxes, including old versions.

import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomic } from '../_helpers/atomic.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { type Project, shown } from '../_helpers/paths.ts'
import { boxFolder } from '../bake/manifest.ts'
import { providers } from './providers.ts'

const recordSchema = z.object({
  version: z.string(),
  provider: z.enum(providers),
  /** File name, beside the image: `lab-1.0.0-libvirt.box`. */
  file: z.string(),
  bytes: z.number(),
  /** Modification time in ms. With the size, it identifies a box without reading it. */
  modified: z.number(),
  sha256: z.string(),
  /** SHA-256 of the golden image inside. */
  image: z.string(),
  /** SHA-256 of everything that the box was built from. If it is the same, there is nothing to do. */
  recipe: z.string(),
})

/** A Vagrant box below out/BOX/. */
export type BoxRecord = z.infer<typeof recordSchema>

const recordsPath = (box: string, project: Project): string => join(boxFolder(box, project), 'boxes.json')

/**
 * Reads out/BOX/boxes.json: all boxes built from a box file, including old versions.
 *
 * @throws BoxhoundError E_RECORDS if it cannot be read: recreating it would lose the old versions.
 */
export const readRecords = async (box: string, project: Project): Promise<readonly BoxRecord[]> => {
  const path = recordsPath(box, project)
  try {
    return z.array(recordSchema).parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw new BoxhoundError('E_RECORDS', 'the list of Vagrant boxes cannot be read', {
      file: shown(path),
      expected: 'the file as boxhound wrote it',
      next: `remove it together with the .box files beside it, then: npm run package -- ${box}`,
      cause,
    })
  }
}

export const writeRecords = (box: string, records: readonly BoxRecord[], project: Project): Promise<void> =>
  writeAtomic(recordsPath(box, project), `${JSON.stringify(records, null, 2)}\n`)

/** Whether the file still looks like the recorded one: by size and time, not by content. */
export const isThere = async (box: string, { file, bytes, modified }: BoxRecord, project: Project): Promise<boolean> =>
  stat(join(boxFolder(box, project), file)).then(
    ({ size, mtimeMs }) => size === bytes && mtimeMs === modified,
    () => false,
  )

/** The records with one added, which replaces an earlier one of the same version and provider. */
export const withRecord = (records: readonly BoxRecord[], record: BoxRecord): BoxRecord[] => [
  ...records.filter(({ version, provider }) => version !== record.version || provider !== record.provider),
  record,
]
