// Compares field by field.

import { isObject } from '../_helpers/json.ts'
import { equal } from './canonical.ts'
import type { Json, JsonObject } from './json-object.ts'
import { movedPairs, pairsOf } from './pairs.ts'

/** One field that differs; undefined if a side lacks it. */
export interface Field {
  /** E.g. `options.thresholds.critical` or `widgets[2].definition.title`. */
  readonly path: string
  readonly from: Json | undefined
  readonly to: Json | undefined
  /** The former position of a list item that has moved relative to the others. */
  readonly movedFrom?: string
}

export interface DifferenceOptions {
  /** Whether a field that only the account has counts; `path` has `*` for list positions. */
  readonly counts: (path: string) => boolean
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

const plain = (path: string): string => path.replaceAll(/\[\d+\]/g, '.*')

/** Matching items of both lists are compared, whatever their positions; the others were removed or added. */
const listFields = (from: readonly Json[], to: readonly Json[], path: string, options: DifferenceOptions): Field[] => {
  const pairs = pairsOf(from, to)
  const moved = movedPairs(pairs)
  const gone = from.flatMap((item, index) =>
    pairs.some((pair) => pair.from === index) ? [] : [{ path: `${path}[${index}]`, from: item, to: undefined }],
  )
  const rest = to.flatMap((item, index): Field[] => {
    const place = `${path}[${index}]`
    const pair = pairs.find((one) => one.to === index)
    if (pair === undefined) return [{ path: place, from: undefined, to: item }]
    const old = from[pair.from]
    const inner = fields(old, item, place, options)
    return moved.has(pair)
      ? [{ path: place, from: old, to: item, movedFrom: `${path}[${pair.from}]` }, ...inner]
      : inner
  })
  return [...gone, ...rest]
}

const fields = (from: Json | undefined, to: Json | undefined, path: string, options: DifferenceOptions): Field[] => {
  if (to === undefined) return options.counts(plain(path)) ? [{ path, from, to }] : []
  if (from === undefined) return [{ path, from, to }]
  if (Array.isArray(from) && Array.isArray(to)) return listFields(from, to, path, options)
  if (isObject(from) && isObject(to))
    return [...new Set([...Object.keys(to), ...Object.keys(from)])].flatMap((name) =>
      fields(from[name], to[name], join(path, name), options),
    )
  return equal(from, to) ? [] : [{ path, from, to }]
}

/** The fields to change for `from`, the account's, to become `to`; both are canonical. */
export const difference = (from: JsonObject, to: JsonObject, options: DifferenceOptions): Field[] =>
  fields(from, to, '', options)
