// The JSON Schema for editors.

import * as z from 'zod'
import type { Shape } from './reference.ts'
import { boxFile } from './schema.ts'

/** The JSON Schema of a box file as written, before defaults are filled in. */
export const boxSchema = (): Shape => ({
  ...(z.toJSONSchema(boxFile, { io: 'input', target: 'draft-7' }) as Shape),
  title: 'Box file of boxhound',
})

/** The same as text, for editors. Ends in a line break. */
export const boxJsonSchema = (): string => `${JSON.stringify(boxSchema(), null, 2)}\n`
