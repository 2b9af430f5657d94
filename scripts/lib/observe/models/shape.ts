// Parses types of the client.

import { type Attribute, attributesOf, modelExports, unionMembers, type Version } from './client.ts'

/** A parsed type of the client. */
export type Shape =
  | { readonly kind: 'any' }
  | { readonly kind: 'date' }
  | { readonly kind: 'primitive'; readonly name: string }
  | { readonly kind: 'list'; readonly item: string }
  | { readonly kind: 'tuple'; readonly items: readonly string[] }
  | { readonly kind: 'map'; readonly value: string }
  | { readonly kind: 'enum'; readonly values: readonly unknown[] }
  | { readonly kind: 'union'; readonly members: readonly string[] }
  /** `rest` is the type of additional fields, if the model defines them. */
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Attribute>; readonly rest: string | undefined }

const mapStart = '{ [key: string]: '
const primitives = new Set(['string', 'boolean', 'number', 'double', 'integer', 'long', 'float'])

const namedShape = (version: Version, name: string): Shape => {
  const exported = modelExports(version, name)
  const attributes = attributesOf(exported[name])
  if (attributes !== undefined) {
    const { additionalProperties, ...named } = attributes
    const rest = additionalProperties?.type.slice(mapStart.length, -'; }'.length)
    const fields = new Map(Object.values(named).map((attribute) => [attribute.baseName, attribute]))
    return { kind: 'object', fields, rest: rest === 'any' ? undefined : rest }
  }
  const values = Object.values(exported)
  return values.length > 0 ? { kind: 'enum', values } : { kind: 'union', members: unionMembers(version, name) }
}

const shapes = new Map<string, Shape>()

/** Parses a type in the notation of the client's attribute maps. */
export const shapeOf = (version: Version, type: string): Shape => {
  if (type === 'any') return { kind: 'any' }
  if (type === 'Date') return { kind: 'date' }
  if (primitives.has(type))
    return { kind: 'primitive', name: type === 'string' || type === 'boolean' ? type : 'number' }
  if (type.startsWith('Array<')) return { kind: 'list', item: type.slice('Array<'.length, -1) }
  if (type.startsWith('[')) return { kind: 'tuple', items: type.slice(1, -1).split(', ') }
  if (type.startsWith(mapStart)) return { kind: 'map', value: type.slice(mapStart.length, -'; }'.length) }
  const key = `${version} ${type}`
  const known = shapes.get(key) ?? namedShape(version, type)
  shapes.set(key, known)
  return known
}
