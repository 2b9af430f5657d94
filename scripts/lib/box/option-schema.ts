// The zod schema of one typed option in a check.yaml or database.yaml.

import * as z from 'zod'
import type { OptionValue } from './option.ts'
import { isPattern } from './pattern.ts'

type Optional<T> = { readonly [Name in keyof T]?: T[Name] | undefined }

type Described<Default> = Optional<{ description: string; default: Default }>

type Sized = Optional<{ minItems: number; maxItems: number }>

type Numeric = { readonly type: 'number' | 'integer' } & Described<number> &
  Optional<{ minimum: number; maximum: number }>

type Text = { readonly type: 'string' } & Described<string> & Optional<{ pattern: string; values: readonly string[] }>

export type ListOption = { readonly type: 'list'; readonly of: OptionDefinition } & Described<readonly OptionValue[]> &
  Sized &
  Optional<{ unique: boolean }>

/** Either `of`, for names that the box file makes up, or `fields`, for names that are known. */
export type MapOption = { readonly type: 'map' } & Described<Readonly<Record<string, OptionValue>>> &
  Sized &
  Optional<{ of: OptionDefinition; keys: string; fields: Readonly<Record<string, OptionDefinition>> }>

/** One typed option. Without a default it must be given. */
export type OptionDefinition =
  | Numeric
  | ({ readonly type: 'boolean' } & Described<boolean>)
  | Text
  | ListOption
  | MapOption

const optionTypes = 'type: number, integer, boolean, string, list or map'

const common = { description: z.string().optional() }
const bounds = { minimum: z.number('a number').optional(), maximum: z.number('a number').optional() }
const count = z.int('a whole number from 0').min(0, 'a whole number from 0').optional()
const sizes = { minItems: count, maxItems: count }
const pattern = z.string('a regular expression').refine(isPattern, 'a valid regular expression').optional()

export const optionName = z.string().regex(/^[a-z][a-z0-9_]*$/, 'an option name of lower-case letters, digits and _')

/** A value of any type, as check.yaml and the box file give it. */
export const optionValue: z.ZodType<OptionValue> = z
  .lazy(() =>
    z.union(
      [z.string(), z.number(), z.boolean(), z.array(optionValue), z.record(z.string(), optionValue)],
      'text, a number, true or false, a list or a map',
    ),
  )
  .meta({ id: 'optionValue', description: 'Text, a number, true or false, or a list or map of such values' })

/** What a list or a map holds; nothing says which item a default would be for. */
const inner: z.ZodType<OptionDefinition> = z.lazy(() =>
  option.refine((one) => one.default === undefined, 'no default here: give the list or map as a whole a default'),
)

export const option: z.ZodType<OptionDefinition> = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('number'), default: z.number('a number').optional(), ...bounds, ...common }),
    z.strictObject({ type: z.literal('integer'), default: z.int('a whole number').optional(), ...bounds, ...common }),
    z.strictObject({ type: z.literal('boolean'), default: z.boolean('true or false').optional(), ...common }),
    z.strictObject({
      type: z.literal('string'),
      default: z.string('text').optional(),
      pattern,
      values: z.array(z.string()).min(1).optional(),
      ...common,
    }),
    z.strictObject({
      type: z.literal('list'),
      of: inner,
      default: z.array(optionValue, 'a list').optional(),
      unique: z.boolean('true or false').optional(),
      ...sizes,
      ...common,
    }),
    z.strictObject({
      type: z.literal('map'),
      of: inner.optional(),
      keys: pattern,
      fields: z
        .record(
          optionName,
          z.lazy(() => option),
          'a map of names and options',
        )
        .optional(),
      default: z.record(z.string(), optionValue, 'a map').optional(),
      ...sizes,
      ...common,
    }),
  ],
  optionTypes,
)
