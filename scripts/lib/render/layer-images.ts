// The key `images` of a layer.yaml.

import * as z from 'zod'
import { parseImageReference } from '../box/image-reference.ts'
import type { ImageSet } from './rendered-box.ts'

const name = z
  .string('a name of lower-case letters')
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'a name of lower-case letters, digits and -')

const image = z.string('a reference').superRefine((value, context) => {
  const parsed = parseImageReference(value)
  if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: parsed })
})

/** The schema of an entry. @param path the schema of a path in the project. */
export const containerImage = (path: z.ZodType<string, string>) =>
  z
    .strictObject({
      name,
      image: image.optional(),
      lab: path.optional(),
      version: z
        .string('a version in quotes')
        .regex(/^[0-9A-Za-z][0-9A-Za-z.+~-]*$/, 'a version such as 7.83.0+lab')
        .optional(),
    })
    .superRefine((value, context) => {
      const custom = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
      if ((value.image === undefined) === (value.lab === undefined)) custom([], 'either image or lab')
      else if (value.image !== undefined && value.version !== undefined)
        custom(['version'], 'no version: the digest decides')
    })

interface Given {
  readonly name: string
  readonly image?: string | undefined
  readonly lab?: string | undefined
  readonly version?: string | undefined
}

/** The entries of a valid layer.yaml. */
export const imageSets = (entries: readonly Given[]): ImageSet[] =>
  entries.map(({ name: own, image: reference, lab = '', version }) =>
    reference === undefined
      ? { name: own, lab, ...(version === undefined ? {} : { version }) }
      : { name: own, image: reference },
  )
