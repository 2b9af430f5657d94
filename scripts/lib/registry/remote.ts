// Looks up a layer's id in a registry.

import { discard } from '../fetch/request.ts'
import { readBlob } from './blob.ts'
import { readBody, refusal } from './failure.ts'
import { type Blob, largest, mediaTypes, type PublishedRecord, parseManifest, parseRecord } from './manifest.ts'
import type { Registry } from './registry.ts'

/** A layer in a registry, by its manifest and record. The overlay has yet to be downloaded and verified. */
export interface RemoteLayer {
  readonly registry: Registry
  readonly record: PublishedRecord
  readonly config: Blob
  readonly overlay: Blob
}

/**
 * Reads a layer's entry in a registry.
 *
 * @returns undefined if there is none; a text with the reason if it can't be used.
 * @throws BoxhoundError E_FETCH_…, E_REGISTRY_….
 */
export const readRemote = async (registry: Registry, id: string): Promise<RemoteLayer | string | undefined> => {
  const answer = await registry.ask('GET', `manifests/${id}`, { headers: { accept: mediaTypes.manifest } })
  if (answer.status === 404) {
    discard(answer.body)
    return undefined
  }
  if (answer.status !== 200) throw await refusal(answer, registry.client, 'a manifest')
  const text = await readBody(answer, registry.client, largest.manifest)
  const manifest = text === undefined ? 'a manifest that is too large' : parseManifest(text)
  if (typeof manifest === 'string') return manifest
  const content = await readBlob(registry, manifest.config)
  if (content === undefined) return 'its record is missing or not what its digest says'
  const record = parseRecord(content)
  return typeof record === 'string' ? record : { registry, record, ...manifest }
}
