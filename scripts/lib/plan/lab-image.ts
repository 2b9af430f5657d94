// image.json: a container image that this machine makes.

import { join } from 'node:path'
import * as z from 'zod'
import { BoxhoundError } from '../_helpers/errors.ts'
import { parsedJson } from '../_helpers/json.ts'
import { readPlain } from '../_helpers/plain-file.ts'

const schema = z.strictObject({
  /** Folder of the project whose build.sh builds the package to install. */
  package: z.string().optional(),
  /** What a container is started with, in the words of OCI's config. */
  config: z.record(z.string(), z.unknown()),
})
export type LabImage = z.infer<typeof schema>

/** Reads image.json of such a folder. @throws BoxhoundError E_LAB_IMAGE */
export const readLabImage = (folder: string): LabImage => {
  const file = join(folder, 'image.json')
  const { data, error } = schema.safeParse(parsedJson(readPlain(file, { source: file }).content.toString('utf8')))
  if (data !== undefined) return data
  throw new BoxhoundError('E_LAB_IMAGE', 'image.json is invalid', {
    file,
    expected: 'config, and package where a package is installed',
    found: error?.issues[0]?.message ?? 'something else',
    exitCode: 2,
  })
}
