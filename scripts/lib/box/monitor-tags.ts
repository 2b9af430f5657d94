// Tags that monitors may have.

import * as z from 'zod'
import { isTag, tagExpectation } from './tags.ts'

/** Tags by which boxhound finds its monitors (observe/marker.ts): a duplicate would make two boxes look like one. */
const isOurs = (tag: string): boolean => /^(?:managed_by|boxhound_[^:]*)(?::|$)/.test(tag)

/** Tags of monitors in a part file or a box file. */
export const monitorTags = z
  .array(
    z
      .string(tagExpectation)
      .refine(isTag, tagExpectation)
      .refine((tag) => !isOurs(tag), {
        message: 'a tag of your own: boxhound uses managed_by and boxhound_… to find its monitors',
        params: { next: 'remove it' },
      })
      .describe('key:value'),
    'a list of tags such as ["team:web"]',
  )
  .refine((all) => new Set(all).size === all.length, 'each tag once')
