// The `layers:` section of a box file.

import * as z from 'zod'
import { type Anchor, anchors, ownLayers } from './layer-names.ts'
import { optionValue } from './option-schema.ts'

const nameExpected = 'the name of a folder in layers/: lower-case letters, digits, _ and -'

/** Where most layers of one's own belong: a host's packages change less often than its checks and its app. */
export const usualAnchor: Anchor = 'agent'

const name = z
  .string(nameExpected)
  .regex(/^[a-z][a-z0-9_-]*$/, nameExpected)
  .max(40, 'a name of at most 40 characters')
  .refine((text) => !ownLayers.has(text), {
    error: `a name that none of boxhound's own layers has: ${[...ownLayers].join(', ')}`,
    params: { next: 'rename the folder' },
  })

const entry = z.strictObject({
  name: name.meta({ description: 'A folder in layers/ beside this file', examples: ['nginx'] }),
  after: z
    .enum(anchors, `one of ${anchors.join(', ')}`)
    .default(usualAnchor)
    .describe('The layer that it follows; a change of that one rebuilds it'),
  options: z
    .record(z.string(), optionValue, 'a map of options')
    .nullish()
    .meta({ description: 'Its own options, see its options.yaml', examples: [{ port: 8080 }] }),
})

const nameOf = (given: string | { readonly name: string }): string => (typeof given === 'string' ? given : given.name)

/** The `layers` section of a box file: folders beside it, in the order in which they are applied. */
export const layers = z
  .array(
    z.union([name, entry], 'the name of a layer, or a map with name, after and options'),
    'a list of layers such as [nginx]',
  )
  .min(1, 'at least one layer')
  .superRefine((all, context) => {
    for (const [index, given] of all.entries())
      if (all.findIndex((other) => nameOf(other) === nameOf(given)) < index)
        context.addIssue({
          code: 'custom',
          path: [index],
          message: 'each layer once',
          params: { next: 'remove it: one folder is one layer' },
        })
  })
  .nullish()
  .meta({
    description: 'Layers of your own: folders in layers/ beside this file (guide/layers.md)',
    examples: [['nginx'], [{ name: 'nginx', after: 'app', options: { port: 8080 } }]],
  })

export type LayersOfFile = NonNullable<z.infer<typeof layers>>
