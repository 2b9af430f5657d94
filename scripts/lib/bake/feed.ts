// Fetches inputs of the missing layers while the layers below are being built.

import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { span } from '../_helpers/trace.ts'
import type { WorkFolder } from '../cache/leftovers.ts'
import type { PlannedLayer } from '../plan/planned-layer.ts'

/**
 * Tells a waiting step that its inputs are ready or why they never will be. Uses a rename, so that it never reads half
 * a message.
 */
const announce = async (work: WorkFolder, layer: string, state: 'ready' | 'failed', text = ''): Promise<void> => {
  const path = join(work.path, 'inputs', `${layer}.${state}`)
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

export interface Feed {
  /** Never rejects; `error` tells what went wrong. */
  readonly ended: Promise<unknown>
  /** The first reason why inputs are missing. */
  readonly error: () => unknown
}

/**
 * Fetches the inputs of all layers in parallel, and tells each layer's step the outcome.
 *
 * @param stop ends the build: a step that can't be told would wait forever.
 */
export const feedInputs = (
  layers: readonly PlannedLayer[],
  fetch: (layer: PlannedLayer) => Promise<void>,
  stop: () => Promise<void>,
  work: WorkFolder,
): Feed => {
  let first: unknown
  const feed = async (layer: PlannedLayer): Promise<void> => {
    try {
      await span(`inputs ${layer.name}`, `inputs of ${layer.name}`, () => fetch(layer)).then(
        () => announce(work, layer.name, 'ready'),
        (error: unknown) => {
          first ??= error
          const reason = error instanceof Error ? error.message : String(error)
          return announce(work, layer.name, 'failed', `inputs of this layer could not be fetched: ${reason}\n`)
        },
      )
    } catch (error) {
      // On a full disk there is no room for the message either.
      first ??= error
      await stop()
    }
  }
  return { ended: Promise.all(layers.map(feed)), error: () => first }
}
