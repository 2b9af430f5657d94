// The app's container: app.run and app.image of a box file.

import * as z from 'zod'
import type { AppDefinition } from './app.ts'
import { imageExpectation } from './image-reference.ts'
import type { Problem } from './problems.ts'
import { containerImage } from './schema-container-image.ts'
import { foundAt, keyOffset, type Source, valueOffset } from './source.ts'

/** Where an app can run. */
export const appRuns = ['host', 'container'] as const
export type AppRun = (typeof appRuns)[number]

/** The keys of `app` that belong to its container. */
export const appContainer = {
  run: z
    .enum(appRuns, 'host or container')
    .default('host')
    .meta({ description: 'On the host, or in a container', examples: ['container'] }),
  image: containerImage.optional().meta({
    description:
      "Image that the app's container stands on, pinned by digest: the distribution of the box, with its Python; lab: the lab's own",
    examples: [`docker.io/library/debian@sha256:${'0'.repeat(64)}`, 'lab'],
  }),
}

interface Given {
  readonly name: string
  readonly run: AppRun
  readonly image?: string | undefined
}

/** What doesn't go together in a box file's `app`. */
export const appContainerProblems = (given: Given, definition: AppDefinition, source: Source): Problem[] => {
  if (given.run === 'host')
    return given.image === undefined
      ? []
      : [
          {
            offset: keyOffset(source, ['app', 'image']),
            message: 'app.image has no effect: the app runs on the host',
            expected: 'no image, or run: container',
            found: given.image,
            next: 'remove image, or add run: container',
          },
        ]
  const place = { offset: valueOffset(source, ['app', 'run']), found: foundAt(source, ['app', 'run']) }
  if (definition.container === undefined)
    return [
      {
        ...place,
        message: `the app "${given.name}" can't run in a container`,
        expected: 'host',
        next: 'write run: host, choose another app, or add container to its app.yaml (guide/apps.md)',
      },
    ]
  return given.image !== undefined
    ? []
    : [
        {
          ...place,
          message: 'app.run: container needs app.image',
          expected: `image: ${imageExpectation}; or lab`,
          next: 'add the image that the app’s container stands on',
        },
      ]
}
