// The position of a walk, and checks at that position.

import { type JsonObject, memberPath } from '../../_helpers/json.ts'
import { nearest } from '../../box/nearest.ts'
import type { Version } from './client.ts'
import type { Problem } from './model-problem.ts'
import type { Shape } from './shape.ts'

/** The position of a walk, and what is expected there. */
export interface Place {
  /** In the client's notation. */
  readonly type: string
  readonly format?: string | undefined
  readonly path: string
  readonly depth: number
}

/** All problems of a value that should have the type `place.type`. */
export type Walk = (version: Version, place: Place, json: unknown) => Problem[]

export type ObjectShape = Extract<Shape, { kind: 'object' }>

/** Problems with an object's own keys: unknown and missing ones. */
export const keyProblems = ({ fields, rest }: ObjectShape, json: JsonObject, path: string): Problem[] => {
  const known = [...fields.keys()]
  const unknown =
    rest === undefined ? Object.keys(json).filter((key) => !fields.has(key) && json[key] !== undefined) : []
  const missing = [...fields.values()].filter(({ required, baseName }) => required === true && json[baseName] == null)
  return [
    ...unknown.map((key) => {
      const near = nearest(key, known)
      const at = memberPath(path, key)
      return near === undefined
        ? { path: at, message: 'unknown field', maybe: 'field' as const }
        : { path: at, message: `unknown field, did you mean ${near}?` }
    }),
    ...missing.map(({ baseName }) => ({ path: memberPath(path, baseName), message: 'required field is missing' })),
  ]
}

/** A problem with a value that is not one of the known ones; if it resembles none, it may be newer than the client. */
export const valueProblem = (path: string, values: readonly unknown[], json: unknown): Problem => {
  const message = `expected one of ${values.join(', ')}, found ${JSON.stringify(json)}`
  const isTypo = typeof json !== 'string' || nearest(json, values.map(String)) !== undefined
  return isTypo ? { path, message } : { path, message, maybe: 'value' }
}
