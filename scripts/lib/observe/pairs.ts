// Matches the items of two lists.

import { isObject, textOf, withSortedKeys } from '../_helpers/json.ts'
import type { Json } from './json-object.ts'

/** An item's positions in the old and the new list. */
export interface Pair {
  readonly from: number
  readonly to: number
  /** False if only the type is the same, so that it may be a different item. */
  readonly sure: boolean
}

/** A widget's definition, which has its title and type; any other item is returned as it is. */
export const definitionOf = (item: Json): Json => (isObject(item) && isObject(item.definition) ? item.definition : item)

const titleOf = (item: Json): string | undefined => {
  const definition = definitionOf(item)
  return isObject(definition) ? textOf(definition.title) || textOf(definition.name) || undefined : undefined
}

const typeOf = (item: Json): string => {
  const definition = definitionOf(item)
  return isObject(definition) ? `object ${textOf(definition.type)}` : 'value'
}

/** How to recognize an item, from the most to the least certain: by everything, by its title or name, by its type. */
const passes: readonly ((item: Json) => string | undefined)[] = [
  (item) => JSON.stringify(withSortedKeys(item)),
  titleOf,
  typeOf,
]

/** Matches the items of two lists; each has at most one partner. In the order of the new list. */
export const pairsOf = (from: readonly Json[], to: readonly Json[]): Pair[] => {
  const pairs = new Map<number, Pair>()
  const taken = new Set<number>()
  for (const keyOf of passes) {
    const keys = from.map((item, index) => (taken.has(index) ? undefined : keyOf(item)))
    for (const [index, item] of to.entries()) {
      const key = pairs.has(index) ? undefined : keyOf(item)
      const found = key === undefined ? -1 : keys.findIndex((other, place) => other === key && !taken.has(place))
      if (found < 0) continue
      pairs.set(index, { from: found, to: index, sure: keyOf !== typeOf })
      taken.add(found)
    }
  }
  return [...pairs.values()].sort((a, b) => a.to - b.to)
}

const longest = (chains: readonly Pair[][]): Pair[] =>
  chains.reduce<Pair[]>((one, other) => (other.length > one.length ? other : one), [])

/** The items that moved relative to the others: as few as possible, so that an item inserted in front moves none. */
export const movedPairs = (pairs: readonly Pair[]): ReadonlySet<Pair> => {
  const sure = pairs.filter((pair) => pair.sure)
  const chains: Pair[][] = []
  for (const pair of sure) {
    const before = chains.filter((chain) => (chain.at(-1)?.from ?? -1) < pair.from)
    chains.push([...longest(before), pair])
  }
  const staying = new Set(longest(chains))
  return new Set(sure.filter((pair) => !staying.has(pair)))
}
