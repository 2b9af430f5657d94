// The zod schema of a check.yaml.

import * as z from 'zod'
import { type OptionDefinition, option, optionName } from './option-schema.ts'
import { isPattern } from './pattern.ts'
import { tags } from './schema.ts'

/** Typed options by name. */
export const options = z.record(optionName, option).default({})

/** A bound of a metric's values: a number, or the value of an option. */
const bound = z.union([z.number(), z.strictObject({ option: z.string() })], 'a number or { option: NAME }')
const names = z.array(z.string(), 'a list of names').default([])

/** Warnings that a check may give, each as a regular expression and the reason why it is not a fault. */
const warnings = z.union(
  [
    z.enum(['none', 'allowed']),
    z
      .array(
        z.strictObject({
          pattern: z.string().refine(isPattern, 'a valid regular expression'),
          reason: z.string().min(1),
        }),
      )
      .min(1),
  ],
  'none, allowed, or a list of { pattern, reason }',
)

/** Service checks that one run must send: all OK, or each with the expected state on a standalone machine. */
const serviceChecks = z.union(
  [
    z.array(z.string()),
    z.record(
      z.string(),
      z.enum(['ok', 'warning', 'critical', 'unknown', 'any'], 'ok, warning, critical, unknown or any'),
    ),
  ],
  'a list of names, or a map of names to ok, warning, critical, unknown or any',
)

/** check.yaml: a check's options, and what the suite expects from it. */
export const checkDefinition = z.strictObject({
  /** Only if the folder is not named after the check, as for the integration check of a database. */
  name: z.string().optional(),
  title: z.string(),
  interval: z.int('a whole number of seconds').min(1).default(15),
  options,
  rules: z.array(z.strictObject({ less: z.tuple([z.string(), z.string()]), message: z.string() })).default([]),
  expect: z.strictObject({
    metrics: names,
    rates: names,
    serviceChecks: serviceChecks.default([]),
    tags: tags.default([]),
    warnings: warnings.default('none'),
    ranges: z.record(z.string(), z.strictObject({ min: bound, max: bound })).default({}),
  }),
})

export type CheckDefinition = z.infer<typeof checkDefinition>
export type { OptionDefinition }
