// The `goss:` key of a box file.

import * as z from 'zod'

const expected = 'the path of a goss.yaml, from the box file; or false'

/** Assertions in the format of goss: those beside the box file, another file, or none. */
export const goss = z
  .union([z.literal(false), z.string(expected).regex(/^(?!\/)[^\0\n]+\.(?:ya?ml|json)$/, expected)], expected)
  .optional()
  .meta({
    description: 'Assertions in the format of goss; default: goss.yaml beside this file, where there is one',
    examples: ['tests/goss.yaml', false],
  })
