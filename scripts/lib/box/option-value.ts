// Turns the definition of an option into the schema of its values.

import * as z from 'zod'
import type { OptionValue } from './option.ts'
import type { ListOption, MapOption, OptionDefinition } from './option-schema.ts'
import { matches, patternDeadline, slowPattern } from './pattern.ts'

type Values = z.ZodType<OptionValue>

const numbers = (kind: 'number' | 'integer', minimum?: number, maximum?: number): Values => {
  const range = [
    minimum === undefined ? '' : ` from ${minimum}`,
    maximum === undefined ? '' : ` up to ${maximum}`,
  ].join('')
  const expected = `a ${kind === 'integer' ? 'whole ' : ''}number${range}`
  return (kind === 'integer' ? z.int(expected) : z.number(expected))
    .min(minimum ?? Number.NEGATIVE_INFINITY, expected)
    .max(maximum ?? Number.POSITIVE_INFINITY, expected)
}

/** Text that matches a pattern, within its deadline. */
const matching = (pattern: string | undefined, expected: string) =>
  z.string(expected).superRefine((value, context) => {
    const found = pattern === undefined || matches(pattern, value)
    if (found === true) return
    const slow = found === 'slow' ? { params: { next: slowPattern } } : {}
    const message = found === 'slow' ? `${expected} within ${patternDeadline} ms` : expected
    context.addIssue({ code: 'custom', message, ...slow })
  })

const texts = (pattern: string | undefined, values: readonly string[] | undefined): Values => {
  const free = `text${pattern === undefined ? '' : ` that matches ${pattern}`}`
  const expected = values === undefined ? free : `one of ${values.join(', ')}`
  return matching(pattern, expected).refine((value) => values === undefined || values.includes(value), expected)
}

/** ` of 1 to 5 items`; empty without a limit. */
const sizeOf = ({ minItems: least, maxItems: most }: ListOption | MapOption): string => {
  if (least !== undefined && least === most) return ` of exactly ${least} item${least === 1 ? '' : 's'}`
  if (least !== undefined && most !== undefined) return ` of ${least} to ${most} items`
  if (least !== undefined) return ` of at least ${least} item${least === 1 ? '' : 's'}`
  return most === undefined ? '' : ` of at most ${most} item${most === 1 ? '' : 's'}`
}

const fits = ({ minItems = 0, maxItems = Number.POSITIVE_INFINITY }: ListOption | MapOption, size: number): boolean =>
  size >= minItems && size <= maxItems

/** The index of the first item that an earlier one equals. */
const repeated = (items: readonly OptionValue[]): number => {
  const seen = new Set<string>()
  return items.findIndex((item) => {
    const text = JSON.stringify(item)
    return seen.has(text) || !seen.add(text)
  })
}

const lists = (option: ListOption): Values => {
  const expected = `a list${sizeOf(option)}`
  return z.array(schemaOf(option.of), expected).superRefine((items, context) => {
    if (!fits(option, items.length)) context.addIssue({ code: 'custom', message: expected })
    const twice = option.unique === true ? repeated(items) : -1
    if (twice >= 0)
      context.addIssue({ code: 'custom', path: [twice], message: 'each item once', params: { next: 'remove it' } })
  })
}

const maps = (option: MapOption): Values => {
  const expected = `a map${sizeOf(option)}`
  const known = Object.entries(option.fields ?? {}).map(([name, field]) => {
    const schema = schemaOf(field)
    return [name, field.default === undefined ? schema : schema.prefault(field.default)] as const
  })
  // An object of JavaScript's loses this name without a word.
  const name = matching(option.keys, option.keys === undefined ? 'a name' : `a name that matches ${option.keys}`)
  const schema: z.ZodType<Readonly<Record<string, OptionValue>>> =
    option.of === undefined
      ? z.strictObject(Object.fromEntries(known), {
          error: (issue) => (issue.code === 'invalid_type' ? expected : undefined),
        })
      : z.record(name, schemaOf(option.of), expected)
  return schema.superRefine((value, context) => {
    if (!fits(option, Object.keys(value).length)) context.addIssue({ code: 'custom', message: expected })
  })
}

/** The schema of an option's values: types, bounds, patterns and sizes, at every depth. Defaults of fields are filled in. */
export const schemaOf = (option: OptionDefinition): Values => {
  if (option.type === 'boolean') return z.boolean('true or false')
  if (option.type === 'string') return texts(option.pattern, option.values)
  if (option.type === 'list') return lists(option)
  if (option.type === 'map') return maps(option)
  return numbers(option.type, option.minimum, option.maximum)
}
