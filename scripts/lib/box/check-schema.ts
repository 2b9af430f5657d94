// The zod schema of a check.yaml.

import * as z from 'zod'
import { expect } from './expect-schema.ts'
import { isPattern } from './pattern.ts'

const common = { description: z.string().optional() }
const bounds = { minimum: z.number('a number').optional(), maximum: z.number('a number').optional() }

/** One typed option of a check. Without a default it must be given. */
const option = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('number'), default: z.number('a number').optional(), ...bounds, ...common }),
    z.strictObject({ type: z.literal('integer'), default: z.int('a whole number').optional(), ...bounds, ...common }),
    z.strictObject({ type: z.literal('boolean'), default: z.boolean('true or false').optional(), ...common }),
    z.strictObject({
      type: z.literal('string'),
      default: z.string('text').optional(),
      pattern: z.string('a regular expression').refine(isPattern, 'a valid regular expression').optional(),
      values: z.array(z.string()).min(1).optional(),
      ...common,
    }),
  ],
  'type: number, integer, boolean or string',
)

/** Typed options by name. */
export const options = z
  .record(z.string().regex(/^[a-z][a-z0-9_]*$/, 'an option name of lower-case letters, digits and _'), option)
  .default({})

/** check.yaml: a check's options, and what the suite expects from it. */
export const checkDefinition = z.strictObject({
  /** Only if the folder is not named after the check, as for the integration check of a database. */
  name: z.string().optional(),
  title: z.string(),
  interval: z.int('a whole number of seconds').min(1).default(15),
  options,
  rules: z.array(z.strictObject({ less: z.tuple([z.string(), z.string()]), message: z.string() })).default([]),
  expect,
})

export type CheckDefinition = z.infer<typeof checkDefinition>
export type OptionDefinition = z.infer<typeof option>
