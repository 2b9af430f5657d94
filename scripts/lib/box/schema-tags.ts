// The zod schema of a list of tags.

import * as z from 'zod'
import { isTag, tagExpectation } from './tags.ts'

/** Tags as box files and definitions write them, each once. */
export const tags = z
  .array(
    z.string(tagExpectation).refine(isTag, tagExpectation).describe('key:value'),
    'a list of tags such as [env:trial, role:database]',
  )
  .refine((all) => new Set(all).size === all.length, 'each tag once')
