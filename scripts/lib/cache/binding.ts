// On which file a layer stands, and why one must not be used.

import type { Project } from '../_helpers/paths.ts'
import { inspectRecord, type LayerRecord } from './store.ts'

/** A layer as a plan wants it. */
export interface WantedLayer {
  readonly id: string
  readonly name: string
  readonly parent: string | null
}

/** A stored layer that must not be used, and why. */
export interface UnusableLayer {
  readonly id: string
  /** Undefined where no record tells it. */
  readonly name: string | undefined
  readonly fault: string
}

const otherBuild = 'built on another build of the layer below'

/**
 * Why a record must not be used as the layer of a plan; undefined where it may. A record says which layer it is of and on which file that
 * stands: neither the name of a file nor the tag of a registry is proof of it.
 *
 * An overlay holds the blocks that differ from those of its parent, so it fits one file alone. The parent's id does not say which: an id names
 * what went in (files, packages, scripts), and two builds of the same id write other timestamps into other blocks. On another build of its
 * parent, an overlay is a file system of two halves.
 *
 * @param parentSha256 of the layer below, as it is stored or about to be; null for the lowest layer.
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

/** Layers whose parent is gone or was built again, and every layer above them. */
export const unboundLayers = (records: readonly LayerRecord[]): UnusableLayer[] => {
  const unbound = new Map<string, UnusableLayer>()
  const byId = new Map(records.map((record) => [record.id, record]))
  const faultOf = ({ parent, parentSha256 }: LayerRecord): string | undefined => {
    if (parent === null) return parentSha256 === null ? undefined : otherBuild
    const below = byId.get(parent)
    if (below === undefined || unbound.has(parent)) return 'the layer below is gone'
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

/** The stored layers of a plan from the bottom up, each on the very file it was built on; `unusable` is what ended the chain, if not a gap. */
export const storedChain = async (
  project: Project,
  wanted: readonly WantedLayer[],
): Promise<{ readonly stored: LayerRecord[]; readonly unusable: UnusableLayer | undefined }> => {
  const stored: LayerRecord[] = []
  for (const layer of wanted) {
    const record = await inspectRecord(project, layer.id)
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
