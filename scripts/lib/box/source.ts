// A parsed YAML file with positions.

import { type Document, isCollection, isMap, isNode, isPair, isScalar, type Node, type Pair } from 'yaml'
import { excerpt } from './excerpt.ts'
import type { Problem } from './problems.ts'

/** A parsed YAML file; `path` is its name in errors. */
export interface Source {
  readonly path: string
  readonly text: string
  readonly document: Document.Parsed
  readonly value: unknown
  /** Things that YAML allows and a box file doesn't; reported together with schema errors. */
  readonly problems: readonly Problem[]
}

export type Path = readonly PropertyKey[]

const start = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined)

const pairOf = (node: unknown, key: PropertyKey | undefined): Pair | undefined =>
  isMap(node) ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key)) : undefined

const child = (node: unknown, key: PropertyKey): unknown => {
  if (isMap(node)) return pairOf(node, key)?.value
  return isCollection(node) ? node.items[Number(key)] : undefined
}

/** The node at a path; undefined if absent. */
export const nodeAt = (source: Source, path: Path): Node | undefined => {
  let node: unknown = source.document.contents
  for (const key of path) node = child(node, key)
  return isNode(node) ? node : undefined
}

/** Offset of the key at a path; of the value for a list item. */
export const keyOffset = (source: Source, path: Path): number => {
  const pair = pairOf(nodeAt(source, path.slice(0, -1)), path.at(-1))
  return start(pair?.key) ?? valueOffset(source, path)
}

/** Offset of the value at a path, or of its nearest ancestor in the file. */
export const valueOffset = (source: Source, path: Path): number => {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length)
    const node = nodeAt(source, part)
    if (node !== undefined && (node.range?.[1] ?? 0) > (node.range?.[0] ?? 0)) return start(node) ?? 0
    const pair = pairOf(nodeAt(source, part.slice(0, -1)), part.at(-1))
    if (isPair(pair)) return start(pair.key) ?? 0
  }
  return 0
}

/** The text at a path, shortened to one line, with its type if that matters. */
export const foundAt = (source: Source, path: Path): string => {
  const node = nodeAt(source, path)
  if (node === undefined) return 'nothing'
  const [from = 0, to = 0] = node.range ?? []
  const short = excerpt(source.text.slice(from, to))
  if (isMap(node)) return `${short} (a map)`
  if (isCollection(node)) return `${short} (a list)`
  const value = isScalar(node) ? node.value : null
  if (value === null) return short === '' ? 'an empty value' : `${short} (null)`
  return `${short} (${typeof value})`
}
