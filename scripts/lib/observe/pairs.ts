// Which items of two lists are one.

import { isObject, textOf, withSortedKeys } from '../_helpers/json.ts'
import type { Json } from './json-object.ts'

/** One item's place in the list before and in the list after. */
export interface Pair {
  readonly from: number
  readonly to: number
  /** False where only the type is the same: it may as well be another item. */
  readonly sure: boolean
}

/** A widget's definition, which has its title and type; any other item as it is. */
export const definitionOf = (item: Json): Json => (isObject(item) && isObject(item.definition) ? item.definition : item)

const titleOf = (item: Json): string | undefined => {
  const definition = definitionOf(item)
  return isObject(definition) ? textOf(definition.title) || textOf(definition.name) || undefined : undefined
}

const typeOf = (item: Json): string => {
  const definition = definitionOf(item)
  return isObject(definition) ? `object ${textOf(definition.type)}` : 'value'
}

/** By what an item is known again, the surest first: by all that it is, by its title or name, by its type. */
const passes: readonly ((item: Json) => string | undefined)[] = [
  (item) => JSON.stringify(withSortedKeys(item)),
  titleOf,
  typeOf,
]

/** Which items of two lists are one; each has one partner at most. In the order of the list after. */
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

/** The items that changed their place among the others: as few as possible, so that one more item in front moves none. */
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
