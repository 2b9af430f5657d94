// The zod schema of a check.yaml.

import * as z from 'zod'
import { expect } from './expect-schema.ts'
import { type OptionDefinition, option, optionName } from './option-schema.ts'

/** Typed options by name. */
export const options = z.record(optionName, option).default({})

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
export type { OptionDefinition }
