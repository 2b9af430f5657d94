// Binds a layer to the backing file it was built on.

import type { Project } from '../_helpers/paths.ts'
import { inspectRecord, type LayerRecord } from './store.ts'

/** A layer as planned. */
export interface WantedLayer {
  readonly id: string
  readonly name: string
  readonly parent: string | null
}

/** A stored layer that must not be used, and why. */
export interface UnusableLayer {
  readonly id: string
  /** Undefined without a record. */
  readonly name: string | undefined
  readonly fault: string
}

const otherBuild = 'built on another build of the layer below'

/**
 * Why a record must not be used as the layer of a plan; undefined if it may. The record identifies the layer and its backing file: neither a
 * file name nor a registry tag proves that.
 *
 * An overlay holds the blocks that differ from its backing file, so it fits that file only. The parent's id doesn't identify the file: an id
 * covers the inputs (files, packages, scripts), and two builds with the same id write other timestamps into other blocks. On another build of
 * its parent, an overlay yields a corrupt file system.
 *
 * @param parentSha256 digest of the layer below, as stored or about to be; null for the lowest layer.
 */
export const bindingFault = (
  record: WantedLayer & Pick<LayerRecord, 'parentSha256'>,
  wanted: WantedLayer,
  parentSha256: string | null,
): string | undefined => {
  if (record.id !== wanted.id) return 'the record of another layer'
  if (record.name !== wanted.name) return 'another name'
  if (record.parent !== wanted.parent) return 'another parent'
  if (record.parentSha256 !== parentSha256) return otherBuild
  return undefined
}

/** Layers whose parent is missing or was rebuilt, and every layer above them. */
export const unboundLayers = (records: readonly LayerRecord[]): UnusableLayer[] => {
  const unbound = new Map<string, UnusableLayer>()
  const byId = new Map(records.map((record) => [record.id, record]))
  const faultOf = ({ parent, parentSha256 }: LayerRecord): string | undefined => {
    if (parent === null) return parentSha256 === null ? undefined : otherBuild
    const below = byId.get(parent)
    if (below === undefined || unbound.has(parent)) return 'the layer below is missing'
    return below.sha256 === parentSha256 ? undefined : otherBuild
  }
  for (let size = -1; size !== unbound.size; ) {
    size = unbound.size
    for (const record of records) {
      const fault = unbound.has(record.id) ? undefined : faultOf(record)
      if (fault !== undefined) unbound.set(record.id, { id: record.id, name: record.name, fault })
    }
  }
  return [...unbound.values()]
}

/** The stored layers of a plan from the bottom up, each on the file it was built on; `unusable` is the layer that ended the chain, if any. */
export const storedChain = async (
  wanted: readonly WantedLayer[],
  project: Project,
): Promise<{ readonly stored: LayerRecord[]; readonly unusable: UnusableLayer | undefined }> => {
  const stored: LayerRecord[] = []
  for (const layer of wanted) {
    const record = await inspectRecord(layer.id, project)
    if (record === undefined) break
    const below = stored.at(-1)?.sha256 ?? null
    const fault = typeof record === 'string' ? record : bindingFault(record, layer, below)
    if (typeof record === 'string' || fault !== undefined)
      return { stored, unusable: { id: layer.id, name: layer.name, fault: fault ?? '' } }
    stored.push(record)
  }
  return { stored, unusable: undefined }
}

/** Dropped layers in words: one line per reason. */
export const droppedLines = (dropped: readonly UnusableLayer[]): string[] => {
  const byFault = new Map<string, string[]>()
  for (const { id, name, fault } of dropped)
    byFault.set(fault, [...(byFault.get(fault) ?? []), `${name === undefined ? '' : `"${name}" `}${id.slice(0, 12)}`])
  return [...byFault].map(([fault, [first, ...rest]]) =>
    rest.length === 0
      ? `layer ${first} is dropped: ${fault}`
      : `${rest.length + 1} layers are dropped: ${fault} (${[first, ...rest].join(', ')})`,
  )
}
