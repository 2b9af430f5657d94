// Resources as plain data.

import type { JsonObject } from './json-object.ts'

/** The kinds of resources that a box has in an account. */
export const kinds = ['monitor', 'dashboard', 'downtime'] as const
export type Kind = (typeof kinds)[number]

/** A place in a file. */
export interface Place {
  /** Relative to the project. */
  readonly source: string
  /** As in that file: `widgets[1].definition.title`; empty for the file itself. */
  readonly path: string
}

/** A resource as the files define it. */
export interface Resource {
  readonly kind: Kind
  /** Unique among the resources of its kind and box, e.g. `my_metric`. */
  readonly name: string
  /** The file that defines it, relative to the project. */
  readonly source: string
  /** In the API's format, without the marker; for a downtime only the attributes. */
  readonly wire: JsonObject
  /** True for an independent, exported dashboard, which may refer to things that don't exist. */
  readonly isPasted?: boolean
  /** The file position that a path of `wire` comes from, if it is built from several files. */
  readonly placeOf?: (path: string) => Place
}

/** Identifies a resource as ours. */
export interface Marker {
  readonly box: string
  readonly name: string
  /** Fingerprint of what was applied last; empty if somebody removed it. */
  readonly applied: string
}

/** A resource as the account has it. */
export interface Live {
  readonly kind: Kind
  readonly id: string
  readonly marker: Marker
  /** As the API returned it, marker included; for a downtime only the attributes. */
  readonly wire: JsonObject
  /** ISO time; empty if the API doesn't say. */
  readonly created: string
}
