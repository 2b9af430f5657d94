// Where a walk is, and what is wrong right there.

import { type JsonObject, memberPath } from '../../_helpers/json.ts'
import { nearest } from '../../box/nearest.ts'
import type { Version } from './client.ts'
import type { Problem } from './model-problem.ts'
import type { Shape } from './shape.ts'

/** Where the walk is, and what is expected there. */
export interface Place {
  /** As the client writes types. */
  readonly type: string
  readonly format?: string | undefined
  readonly path: string
  readonly depth: number
}

/** Every problem of a value that should be of `place.type`. */
export type Walk = (version: Version, place: Place, json: unknown) => Problem[]

export type ObjectShape = Extract<Shape, { kind: 'object' }>

/** What is wrong with an object's own keys: unknown ones and missing ones. */
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

/** A value that is none of those known; one that is like none of them may be newer than the client. */
export const valueProblem = (path: string, values: readonly unknown[], json: unknown): Problem => {
  const message = `expected one of ${values.join(', ')}, found ${JSON.stringify(json)}`
  const isTypo = typeof json !== 'string' || nearest(json, values.map(String)) !== undefined
  return isTypo ? { path, message } : { path, message, maybe: 'value' }
}
