// Tags that monitors may be given.

import * as z from 'zod'
import { isTag, tagExpectation } from './tags.ts'

/** By these boxhound finds its monitors again (observe/marker.ts): a second one of the same name would make two boxes look like one. */
const isOurs = (tag: string): boolean => /^(?:managed_by|boxhound_[^:]*)(?::|$)/.test(tag)

/** Tags of monitors, as a part file or a box file gives them. */
export const monitorTags = z
  .array(
    z
      .string(tagExpectation)
      .refine(isTag, tagExpectation)
      .refine((tag) => !isOurs(tag), {
        message: 'a tag of your own: by managed_by and boxhound_… boxhound finds its monitors again',
        params: { next: 'remove it' },
      })
      .describe('key:value'),
    'a list of tags such as ["team:web"]',
  )
  .refine((all) => new Set(all).size === all.length, 'each tag once')
