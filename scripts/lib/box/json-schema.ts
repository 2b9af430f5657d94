// The JSON Schema for editors.

import * as z from 'zod'
import { boxFile } from './schema.ts'

/** The JSON Schema of a box file as written, before defaults are filled in; for editors. Ends in a line break. */
export const boxJsonSchema = (): string => {
  const schema = z.toJSONSchema(boxFile, { io: 'input', target: 'draft-7' })
  return `${JSON.stringify({ ...schema, title: 'Box file of boxhound' }, null, 2)}\n`
}
