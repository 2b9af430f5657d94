// Attributes of one resource of a goss.yaml: which of them have a counterpart.

import type { JsonObject } from '../../_helpers/json.ts'
import type { Expected } from '../expected.ts'

/** What becomes of one resource: what boxhound judges of it, and what it does not judge. */
export interface Mapped {
  readonly expected?: Expected
  readonly unjudged: readonly string[]
}

/** Attributes of every resource that say nothing about the machine. */
const silent = ['title', 'meta', 'skip', 'timeout']

export interface Attributes {
  /** The value of an attribute if `map` finds a counterpart, which judges it. */
  readonly take: <T>(key: string, map: (value: unknown) => T | undefined) => T | undefined
  /** An assertion, and the attributes that it does not judge. Without its keys that are undefined. */
  readonly mapped: (expected: Record<string, unknown>) => Mapped
}

export const attributesOf = (given: JsonObject): Attributes => {
  const left = new Set(Object.keys(given).filter((key) => !silent.includes(key)))
  return {
    take: (key, map) => {
      const found = Object.hasOwn(given, key) ? map(given[key]) : undefined
      if (found !== undefined) left.delete(key)
      return found
    },
    mapped: (expected) => ({
      expected: Object.fromEntries(
        Object.entries(expected).filter(([, value]) => value !== undefined),
      ) as unknown as Expected,
      unjudged: [...left].map((key) => `${key} has no counterpart`),
    }),
  }
}

export const no = (...unjudged: string[]): Mapped => ({ unjudged })

export const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined
export const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined)
export const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
export const texts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined
