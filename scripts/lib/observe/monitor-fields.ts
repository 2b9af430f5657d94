// A monitor of a file, field by field.

import * as z from 'zod'
import { monitorTags } from '../box/monitor-tags.ts'
import { monitorTypes } from './monitor-types.ts'

const text = (expected: string) => z.string(expected).min(1, expected)
const number = z.number('a number')
/** Numbers by the API's names. A state is over at its recovery, if there is one, and not already at its limit. */
const limit = z.strictObject({
  warning: number.optional(),
  critical: number,
  warning_recovery: number.optional(),
  critical_recovery: number.optional(),
})
export type Limit = z.infer<typeof limit>

const message = z.strictObject({
  alert: text('what to tell in an alert'),
  warning: text('what to tell in a warning').optional(),
  no_data: text('what to tell when nothing arrives').optional(),
  recovery: text('what to tell when it is over').optional(),
})

/** What may stand in a variant in place of the monitor's own. */
const variable = {
  query: text('a query without its comparison, or the whole query of a service check').optional(),
  above: limit.optional(),
  at_least: limit.optional(),
  below: limit.optional(),
  at_most: limit.optional(),
}

/** A monitor of a part file, field by field; what the fields say together is judged in schema-monitor.ts. */
export const fields = z.strictObject({
  name: text('the title of the monitor'),
  type: z.enum(monitorTypes, `a type of the API, one of ${monitorTypes.join(', ')}`),
  ...variable,
  /** Of a service check, whose query has no number: how many results in a row. */
  thresholds: z.strictObject({ critical: number, warning: number.optional(), ok: number.optional() }).optional(),
  /** Minutes after which missing data is told. */
  no_data: z.int('a whole number of minutes').min(2, 'at least 2 minutes').optional(),
  priority: z
    .int('a whole number from 1 to 5')
    .min(1, 'a whole number from 1 to 5')
    .max(5, 'a whole number from 1 to 5')
    .optional(),
  message,
  tags: monitorTags.default([]),
  /** Ids of the roles that may edit it; where nothing stands here, the account's own stay. An empty list is everybody. */
  restricted_roles: z.array(text('the id of a role'), 'a list of ids of roles').optional(),
  draft_status: z.enum(['draft', 'published'], 'draft or published').optional(),
  /** What else the API has. */
  options: z.record(z.string(), z.json(), 'a map as the API takes it').default({}),
  variants: z.record(z.string(), z.strictObject(variable)).optional(),
})
export type Fields = z.infer<typeof fields>
export type Path = readonly string[]
/** Tells where in the monitor something else was expected. */
export type Tell = (path: Path, expected: string) => void
