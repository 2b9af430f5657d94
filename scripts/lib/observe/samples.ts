// Reads a folder's preview.yaml.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Project } from '../_helpers/paths.ts'
import type { Box } from '../box/box.ts'
import { partFolders } from '../box/folders.ts'
import { isPattern } from '../box/pattern.ts'
import { readSource } from '../box/read.ts'
import { assertNone, validate } from '../box/validate.ts'
import { noSamples, type Samples } from './show/page-data.ts'
import { kinds } from './show/quantity.ts'

const metric = z.string().refine(isPattern, 'a regular expression of metric names')
const number = z.number('a number')

const previewFile = z.strictObject({
  units: z.record(metric, z.enum(kinds, `one of ${kinds.join(', ')}`)).default({}),
  shapes: z
    .record(
      metric,
      z.strictObject({
        base: number,
        sway: number.default(0),
        jitter: number.default(0),
        whole: z.boolean('true or false').optional(),
        burst: number.optional(),
      }),
    )
    .default({}),
  values: z.record(z.string(), z.array(z.string('text'), 'a list of values')).default({}),
})

const read = (file: string, project: Project): Samples => {
  const source = readSource(file, project)
  const { data, problems } = validate(source, previewFile)
  assertNone(source, problems)
  return data === undefined ? noSamples : { units: data.units, courses: data.shapes, values: data.values }
}

/**
 * Sample data settings from the folders of a box's database, app and checks.
 *
 * @throws BoxhoundError E_BOX_FILE with positions inside preview.yaml.
 */
export const samplesOf = (box: Box, project: Project): Samples => {
  const files = partFolders(box)
    .flat()
    .map((folder) => join(folder, 'preview.yaml'))
    .filter((file) => existsSync(file))
  return files
    .map((file) => read(file, project))
    .reduce(
      (all, one) => ({
        units: { ...all.units, ...one.units },
        courses: { ...all.courses, ...one.courses },
        values: { ...all.values, ...one.values },
      }),
      noSamples,
    )
}
