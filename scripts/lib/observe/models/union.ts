// Selects the member of a union that a value means.

import { isObject, type JsonObject, kindOf, memberPath } from '../../_helpers/json.ts'
import type { Version } from './client.ts'
import type { Problem } from './model-problem.ts'
import { keyProblems, type Place, valueProblem, type Walk } from './place.ts'
import { type Shape, shapeOf } from './shape.ts'

interface Member {
  readonly type: string
  readonly shape: Shape
}

/** Whether a value has a member's JSON type, whatever its content. */
const ofKind = ({ shape }: Member, json: unknown): boolean => {
  if (shape.kind === 'list' || shape.kind === 'tuple') return Array.isArray(json)
  if (shape.kind === 'object' || shape.kind === 'map') return isObject(json)
  if (shape.kind === 'primitive') return kindOf(json) === `a ${shape.name}`
  return typeof json === 'string'
}

/** The possible values of a required field with few of them, such as `type`. */
const choices = (version: Version, { shape }: Member, key: string): readonly unknown[] | undefined => {
  const field = shape.kind === 'object' ? shape.fields.get(key) : undefined
  if (field?.required !== true) return undefined
  const inner = shapeOf(version, field.type)
  return inner.kind === 'enum' ? inner.values : undefined
}

/** Fields that distinguish the members of a union: required in each of them, with fixed values. */
const tellers = (version: Version, members: readonly Member[]): string[] => {
  const [first] = members
  const keys = first?.shape.kind === 'object' ? [...first.shape.fields.keys()] : []
  return keys.filter((key) => members.every((member) => choices(version, member, key) !== undefined))
}

/**
 * The problems of the nearest member: the one with the fewest wrong keys of its own, then the fewest problems in total.
 */
const nearestProblems = (
  version: Version,
  members: readonly Member[],
  place: Place,
  json: unknown,
  walk: Walk,
): Problem[] => {
  const judged = members.map(({ type, shape }) => ({
    keys: shape.kind === 'object' && isObject(json) ? keyProblems(shape, json, place.path).length : 0,
    problems: walk(version, { ...place, type, depth: place.depth + 1 }, json),
  }))
  judged.sort((a, b) => a.keys - b.keys || a.problems.length - b.problems.length)
  return judged[0]?.problems ?? []
}

const unmatched = (
  version: Version,
  members: readonly Member[],
  json: JsonObject,
  path: string,
  key: string,
): Problem => {
  const values = [...new Set(members.flatMap((member) => choices(version, member, key) ?? []))].sort()
  const at = memberPath(path, key)
  return json[key] == null
    ? { path: at, message: `required field is missing: expected one of ${values.join(', ')}` }
    : valueProblem(at, values, json[key])
}

/** A union may contain unions, like the types of `topology_map`; their members count as members of the outer one. */
const membersOf = (version: Version, types: readonly string[]): Member[] =>
  types.flatMap((type) => {
    const shape = shapeOf(version, type)
    return shape.kind === 'union' ? membersOf(version, shape.members) : [{ type, shape }]
  })

/**
 * Problems of a value that should have one of several types: those under the type that it declares or resembles most.
 *
 * @param walk finds the problems under a type.
 */
export const unionProblems = (
  version: Version,
  types: readonly string[],
  place: Place,
  json: unknown,
  walk: Walk,
): Problem[] => {
  const all = membersOf(version, types)
  const members = all.filter((member) => ofKind(member, json))
  if (members.length === 0)
    return [{ path: place.path, message: `expected ${types.join(' or ')}, found ${kindOf(json)}` }]
  if (!isObject(json)) return nearestProblems(version, members, place, json, walk)
  let left = members
  for (const key of members.length > 1 ? tellers(version, members) : []) {
    const fitting = left.filter((member) => choices(version, member, key)?.includes(json[key]))
    if (fitting.length === 0) return [unmatched(version, left, json, place.path, key)]
    left = fitting
  }
  return nearestProblems(version, left, place, json, walk)
}
