// One kind of resources, in the API's own words.

import type { JsonObject } from '../json-object.ts'

/** A resource as a store finds it: `wire` as in `Live`. */
export interface Stored {
  readonly id: string
  readonly created: string
  readonly wire: JsonObject
}

/** One kind of resources of an account, in the API's own words. */
export interface Store {
  /** All that may carry the box's marker; more is no harm. */
  readonly list: (box: string) => Promise<readonly Stored[]>
  /** One of them by its id. */
  readonly get: (id: string) => Promise<Stored>
  readonly create: (wire: JsonObject) => Promise<string>
  readonly update: (id: string, wire: JsonObject) => Promise<void>
  readonly remove: (id: string) => Promise<void>
  readonly permissions: { readonly read: string; readonly write: string }
}
