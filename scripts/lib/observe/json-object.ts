// JSON types.

import { isObject } from '../_helpers/json.ts'

/** A value as JSON carries it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

/** An object out of a parsed document, whose members are JSON too. */
export const isJsonObject = (value: unknown): value is JsonObject => isObject(value)
