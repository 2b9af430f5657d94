// The plan as plain data.

import type { LayerName, Rendered, RenderedLayer } from '../render/rendered-box.ts'

/** `image` is the disk image below all layers: made by lab/ or downloaded. */
export type PlannedName = 'image' | LayerName

export interface PlannedLayer {
  readonly name: PlannedName
  /** SHA-256, hex: name of the overlay in the store. */
  readonly id: string
  /** Id of the layer below; null for `image`. */
  readonly parent: string | null
  /** The refresh period that it was planned in: packages of another one may differ. */
  readonly period: string
  /** Folder below provision/_engine/ for the family of the box's system. */
  readonly engine: string
  /** The rendered layer; null for `image`. */
  readonly rendered: RenderedLayer | null
}

export interface Plan {
  readonly rendered: Rendered
  /** Bottom up: image, then the layers. */
  readonly layers: readonly PlannedLayer[]
}
