// Pushes stored layers that the registry lacks.

import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { sha256, sha256Files } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import type { WorkFolder } from '../cache/leftovers.ts'
import { type LayerRecord, overlayPath } from '../cache/store.ts'
import { discard } from '../fetch/request.ts'
import { type Patience, retrying } from '../fetch/retry.ts'
import { hasBlob } from './blob.ts'
import { refusal } from './failure.ts'
import { manifestOf, mediaTypes, type PublishedRecord, published } from './manifest.ts'
import type { Registry } from './registry.ts'
import { type RemoteLayer, readRemote } from './remote.ts'
import { pushBlob } from './upload.ts'
import { compressFile } from './zstd.ts'

/**
 * The result for a layer. `sent`. `there`: the registry has the identical layer. `other`: it has a valid layer with
 * this id from another machine, and keeps it. `left`: skipped, because it is built on our copy of such a layer and
 * would be useless there. A dry run has `missing` instead of `sent`.
 */
export type PushState = 'sent' | 'missing' | 'there' | 'other' | 'left'

export interface Pushed {
  readonly id: string
  readonly name: string
  readonly state: PushState
  /** Bytes sent for this layer: overlay, record and manifest. */
  readonly bytes: number
}

export interface PushOptions {
  readonly dryRun: boolean
  /** Replaces layers with the same id by this store's. */
  readonly replace: boolean
  readonly patience: Patience
  readonly tell: (line: string) => void
  readonly doing: (layer: LayerRecord, text: { readonly bytes: number; readonly total: number }) => void
  readonly ended: (pushed: Pushed) => void
}

/** Whether all blobs of a published layer exist: a registry's clean-up may have removed some. */
const isWhole = async ({ registry, overlay, config }: RemoteLayer): Promise<boolean> =>
  (await hasBlob(registry, overlay)) && (await hasBlob(registry, config))

/** Which build of a layer the registry has, and whether to send ours. */
interface Judgement {
  readonly state: PushState
  /** SHA-256 of the overlay that the registry will have; undefined if it has no usable one. */
  readonly stands: string | undefined
}

/** @param parent SHA-256 of the layer below in the registry; null for the lowest layer, undefined if it has none. */
const judge = async (
  record: PublishedRecord,
  found: RemoteLayer | string | undefined,
  parent: string | null | undefined,
  replace: boolean,
): Promise<Judgement> => {
  const fits = record.parentSha256 === parent
  if (typeof found === 'object' && found.record.parentSha256 === parent) {
    const same = found.record.sha256 === record.sha256
    // The first push wins, since other machines' layers may already be built on it.
    if ((same || !replace || !fits) && (await isWhole(found)))
      return { state: same ? 'there' : 'other', stands: found.record.sha256 }
  }
  return fits ? { state: 'missing', stands: record.sha256 } : { state: 'left', stands: undefined }
}

const putManifest = async (registry: Registry, id: string, manifest: Buffer): Promise<void> => {
  const answer = await registry.ask('PUT', `manifests/${id}`, {
    headers: { 'content-type': mediaTypes.manifest },
    body: () => manifest,
  })
  if (answer.status !== 201) throw await refusal(answer, registry.client, 'take a manifest')
  discard(answer.body)
}

/**
 * Sends overlay and record first and the manifest last, so that a tag never refers to missing blobs. @returns the
 * number of bytes sent.
 */
const send = async (
  layer: LayerRecord,
  record: PublishedRecord,
  registry: Registry,
  options: PushOptions,
  work: WorkFolder,
  project: Project,
): Promise<number> => {
  const file = join(work.path, `${layer.id}.zst`)
  const path = overlayPath(layer.id, project)
  return withCleanup(
    () => rm(file, { force: true }),
    async () => {
      const [digests] = await Promise.all([sha256Files([path], 1), compressFile(path, file)])
      if (digests.get(path) !== layer.sha256)
        throw new BoxhoundError('E_LAYER_DAMAGED', `layer "${layer.name}" is damaged and was not pushed`, {
          file: path,
          expected: `SHA-256 ${layer.sha256}`,
          found: `SHA-256 ${digests.get(path)}`,
          next: 'the next bake drops and rebuilds it',
        })
      const compressed = (await sha256Files([file], 1)).get(file) ?? ''
      const { size: bytes } = await stat(file)
      const overlay = { sha256: compressed, bytes }
      const { manifest, config } = manifestOf(record, overlay)
      const { patience, tell } = options
      const sent = (count: number): void => options.doing(layer, { bytes: count, total: bytes })
      const paid = await pushBlob(registry, { ...overlay, content: { file } }, { patience, tell, sent })
      const recordBlob = { sha256: sha256(config), bytes: config.length, content: config }
      const paidRecord = await pushBlob(registry, recordBlob, { patience, tell, sent: () => {} })
      await retrying(patience, { tell }, () => putManifest(registry, layer.id, manifest))
      return paid + paidRecord + manifest.length
    },
  )
}

/**
 * Pushes layers, parents first.
 *
 * @param layers parents first. A layer whose parent is neither among them nor null is left out.
 * @throws BoxhoundError E_LAYER_DAMAGED, E_FETCH_…, E_REGISTRY_…. Layers pushed before stay usable.
 */
export const pushLayers = async (
  layers: readonly LayerRecord[],
  registry: Registry,
  options: PushOptions,
  work: WorkFolder,
  project: Project,
): Promise<Pushed[]> => {
  const stands = new Map<string, string>()
  const results: Pushed[] = []
  for (const layer of layers) {
    const { id, name, parent } = layer
    const record = published(layer)
    const found = await retrying(options.patience, options, () => readRemote(registry, id))
    if (typeof found === 'string') options.tell(`layer "${name}": the registry has ${found}`)
    const judgement = await judge(record, found, parent === null ? null : stands.get(parent), options.replace)
    if (judgement.stands !== undefined) stands.set(id, judgement.stands)
    const sending = judgement.state === 'missing' && !options.dryRun
    const bytes = sending ? await send(layer, record, registry, options, work, project) : 0
    const pushed: Pushed = { id, name, state: sending ? 'sent' : judgement.state, bytes }
    results.push(pushed)
    options.ended(pushed)
  }
  return results
}
