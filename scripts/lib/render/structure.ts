// Lists and maps that a template may print whole: the values of options.

import type { OptionValue } from '../box/option.ts'
import type { Escaper } from './escapers/value.ts'
import type { Language } from './rendered-box.ts'

const mark = Symbol('an option’s value')

/** A list or map that is an option's value, or part of one. */
export type Structure = Exclude<OptionValue, string | number | boolean> & { readonly [mark]: true }

/** Marks a copy as what the original is. */
export const markedAs = <T extends object>(original: object, copy: T): T =>
  Object.hasOwn(original, mark) ? Object.defineProperty(copy, mark, { value: true }) : copy

/** Copies values of options, each list and map in them marked; what holds the options is not: `{{check.options}}` prints nothing. */
export const structured = (options: Readonly<Record<string, OptionValue>>): Readonly<Record<string, OptionValue>> =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [name, marked(value)]))

const marked = (value: OptionValue): OptionValue => {
  if (typeof value !== 'object') return value
  const copy = Array.isArray(value) ? value.map(marked) : structured(value as Readonly<Record<string, OptionValue>>)
  return Object.defineProperty(copy, mark, { value: true })
}

export const isStructure = (value: unknown): value is Structure =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, mark)

/** Languages in which lists are `[a, b]` and maps `{"name": value}`. */
const languages: readonly Language[] = ['yaml', 'json', 'python']

const literal = (value: OptionValue, escaper: Escaper): string => {
  if (typeof value !== 'object') return escaper(value)
  if (Array.isArray(value)) return `[${value.map((item: OptionValue) => literal(item, escaper)).join(', ')}]`
  const pairs = Object.entries(value).map(([name, item]) => `${escaper(name)}: ${literal(item, escaper)}`)
  return `{${pairs.join(', ')}}`
}

/**
 * A list or map as one literal, in flow style.
 *
 * @param after the character behind the value in the template.
 * @throws RangeError for a language without such a literal, and for a key.
 */
export const printStructure = (value: Structure, language: Language, after: string, escaper: Escaper): string => {
  if (!languages.includes(language))
    throw new RangeError(`a list or a map, which ${language} has no literal for: print its items with {{#each}}`)
  if (after === ':') throw new RangeError('a list or a map as a key')
  return literal(value, escaper)
}
