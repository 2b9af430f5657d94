// One kind of resource, in the API's own format.

import type { JsonObject } from '../json-object.ts'

/** A stored resource; `wire` as in `Live`. */
export interface Stored {
  readonly id: string
  readonly created: string
  readonly wire: JsonObject
}

/** One kind of an account's resources, in the API's own format. */
export interface Store {
  /** All resources that may carry the box's marker; returning more does no harm. */
  readonly list: (box: string) => Promise<readonly Stored[]>
  /** One resource by its id. */
  readonly get: (id: string) => Promise<Stored>
  readonly create: (wire: JsonObject) => Promise<string>
  readonly update: (id: string, wire: JsonObject) => Promise<void>
  readonly remove: (id: string) => Promise<void>
  readonly permissions: { readonly read: string; readonly write: string }
}
