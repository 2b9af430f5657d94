// Interprets a build's events: its progress, its finished layers, and the one that failed.

import { sha256File } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { span } from '../_helpers/trace.ts'
import { type LayerRecord, overlayPath } from '../cache/store.ts'
import type { PlannedLayer } from '../plan/planned-layer.ts'
import type { StepEvent } from './events.ts'
import { layerSpans } from './layer-spans.ts'
import type { Progress } from './progress.ts'

export interface Build {
  /** Must be called with each event, in order. */
  readonly onEvent: (event: StepEvent) => void
  readonly failed: () => PlannedLayer | undefined
  /** Records of the built layers, from the bottom up; not in the store yet. */
  readonly built: () => Promise<LayerRecord[]>
}

/** Follows the build of layers on top of a stored one. */
export const followBuild = (
  layers: readonly PlannedLayer[],
  below: LayerRecord | undefined,
  progress: Progress,
  project: Project,
): Build => {
  const records: Promise<LayerRecord>[] = []
  const startedAt = new Map<string, number>()
  const trace = layerSpans()
  let failed: PlannedLayer | undefined

  const built = (layer: PlannedLayer, seconds: number, bytes: number): void => {
    progress.ended(layer.name, { kind: 'built', seconds, bytes })
    // Hashed while the next layer is being built, but recorded only at the end.
    const hash = span(`hash ${layer.name}`, 'hash', () => sha256File(overlayPath(layer.id, project)))
    const parent = records.at(-1) ?? Promise.resolve(below)
    records.push(
      Promise.all([hash, parent]).then(([sha256, under]) => ({
        id: layer.id,
        name: layer.name,
        parent: layer.parent,
        parentSha256: under?.sha256 ?? null,
        sha256,
        bytes,
        seconds,
        created: new Date().toISOString(),
      })),
    )
  }

  const onEvent = (event: StepEvent): void => {
    trace(event)
    const layer = layers.find(({ name }) => name === event.layer)
    if (layer === undefined) return
    const seconds = event.at - (startedAt.get(layer.name) ?? event.at)
    if (event.event === 'started') {
      startedAt.set(layer.name, event.at)
      progress.started(layer.name)
    } else if (event.event === 'failed') {
      failed = layer
      progress.ended(layer.name, { kind: 'failed', seconds })
    } else if (event.event === 'built') built(layer, seconds, event.bytes ?? 0)
  }
  return { onEvent, failed: () => failed, built: () => Promise.all(records) }
}
