// JSON types.

import { isObject } from '../_helpers/json.ts'

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

/** An object from a parsed document, so that its members are JSON too. */
export const isJsonObject = (value: unknown): value is JsonObject => isObject(value)
