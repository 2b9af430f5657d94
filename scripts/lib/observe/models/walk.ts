// Compares a value with its type.

import { isObject, type JsonObject, kindOf, memberPath } from '../../_helpers/json.ts'
import type { Version } from './client.ts'
import type { Problem } from './model-problem.ts'
import { keyProblems, type ObjectShape, type Place, valueProblem, type Walk } from './place.ts'
import { shapeOf } from './shape.ts'
import { unionProblems } from './union.ts'

/** Maximum depth. No dashboard comes near it, and a deeper body would only exhaust the stack. */
const deepest = 64

const objectProblems = (version: Version, shape: ObjectShape, place: Place, json: JsonObject): Problem[] => [
  ...keyProblems(shape, json, place.path),
  ...Object.entries(json).flatMap(([key, value]) => {
    const type = shape.fields.get(key)?.type ?? shape.rest
    // The client treats null as "not given".
    if (type === undefined || value == null) return []
    const format = shape.fields.get(key)?.format
    return walk(version, { type, format, path: memberPath(place.path, key), depth: place.depth + 1 }, value)
  }),
]

const primitiveProblem = (name: string, format: string | undefined, json: unknown): string | undefined => {
  if (typeof json !== name) return `expected a ${name}, found ${kindOf(json)}`
  return format?.startsWith('int') && !Number.isInteger(json) ? `expected a whole number, found ${json}` : undefined
}

const dateProblem = (json: unknown): string | undefined => {
  const good =
    typeof json === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/.test(json) && !Number.isNaN(Date.parse(json))
  return good ? undefined : `expected a date as in 2026-11-23T19:00:00Z, found ${JSON.stringify(json)}`
}

/** All problems of a value that should have the type `place.type`. */
export const walk: Walk = (version, place, json) => {
  const { path, depth } = place
  const told = (message: string | undefined): Problem[] => (message === undefined ? [] : [{ path, message }])
  if (depth > deepest) return told(`nested more than ${deepest} deep`)
  const inner = (type: string, step: string, value: unknown): Problem[] =>
    walk(version, { type, format: place.format, path: step, depth: depth + 1 }, value)
  const shape = shapeOf(version, place.type)
  switch (shape.kind) {
    case 'any':
      return []
    case 'date':
      return told(dateProblem(json))
    case 'primitive':
      return told(primitiveProblem(shape.name, place.format, json))
    case 'enum':
      return shape.values.includes(json) ? [] : [valueProblem(path, shape.values, json)]
    case 'list':
      if (!Array.isArray(json)) return told(`expected an array, found ${kindOf(json)}`)
      return json.flatMap((value, index) => inner(shape.item, `${path}[${index}]`, value))
    case 'tuple':
      if (!Array.isArray(json) || json.length !== shape.items.length)
        return told(
          `expected an array of ${shape.items.length}, found ${Array.isArray(json) ? `one of ${json.length}` : kindOf(json)}`,
        )
      return shape.items.flatMap((item, index) => inner(item, `${path}[${index}]`, json[index]))
    case 'map':
      if (!isObject(json)) return told(`expected an object, found ${kindOf(json)}`)
      return Object.entries(json).flatMap(([key, value]) => inner(shape.value, memberPath(path, key), value))
    case 'union':
      return unionProblems(version, shape.members, place, json, walk)
    case 'object':
      if (!isObject(json)) return told(`expected an object, found ${kindOf(json)}`)
      return objectProblems(version, shape, place, json)
  }
}
