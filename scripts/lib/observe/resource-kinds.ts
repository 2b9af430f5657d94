// Resources as plain data.

import type { JsonObject } from './json-object.ts'

/** What an account holds of a box. */
export const kinds = ['monitor', 'dashboard', 'downtime'] as const
export type Kind = (typeof kinds)[number]

/** A place in a file. */
export interface Place {
  /** Relative to the project. */
  readonly source: string
  /** As in that file: `widgets[1].definition.title`; empty for the file itself. */
  readonly path: string
}

/** A resource as the files want it. */
export interface Resource {
  readonly kind: Kind
  /** Unique among the resources of its kind and box, e.g. `my_metric`. */
  readonly name: string
  /** The file that it comes from, relative to the project. */
  readonly source: string
  /** As the API takes it, without the marker; of a downtime the attributes alone. */
  readonly wire: JsonObject
  /** True for a dashboard that stands for itself, as it was exported: what it names need not be there. */
  readonly isPasted?: boolean
  /** Where what stands at a path of `wire` comes from, if it is made of several files. */
  readonly placeOf?: (path: string) => Place
}

/** By what a resource of ours is found again. */
export interface Marker {
  readonly box: string
  readonly name: string
  /** Fingerprint of what was applied last; empty where somebody cut it off. */
  readonly applied: string
}

/** A resource as the account has it. */
export interface Live {
  readonly kind: Kind
  readonly id: string
  readonly marker: Marker
  /** As the API gave it, marker included; of a downtime the attributes alone. */
  readonly wire: JsonObject
  /** ISO time; empty where the API tells none. */
  readonly created: string
}
