// The fields of a monitor in a file.

import * as z from 'zod'
import { monitorTags } from '../box/monitor-tags.ts'
import { monitorTypes } from './monitor-types.ts'

const text = (expected: string) => z.string(expected).min(1, expected)
const number = z.number('a number')
/** Thresholds by the API's names. A state ends at its recovery threshold, if there is one, not at its own. */
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

/** What a variant may replace. */
const variable = {
  query: text('a query without its comparison, or the whole query of a service check').optional(),
  above: limit.optional(),
  at_least: limit.optional(),
  below: limit.optional(),
  at_most: limit.optional(),
}

/** The fields of a monitor in a part's file; schema-monitor.ts judges how they fit together. */
export const fields = z.strictObject({
  name: text('the title of the monitor'),
  type: z.enum(monitorTypes, `a type of the API, one of ${monitorTypes.join(', ')}`),
  ...variable,
  /** Of a service check, whose query has no threshold: the number of consecutive results. */
  thresholds: z.strictObject({ critical: number, warning: number.optional(), ok: number.optional() }).optional(),
  /** Minutes after which missing data is reported. */
  no_data: z.int('a whole number of minutes').min(2, 'at least 2 minutes').optional(),
  priority: z
    .int('a whole number from 1 to 5')
    .min(1, 'a whole number from 1 to 5')
    .max(5, 'a whole number from 1 to 5')
    .optional(),
  message,
  tags: monitorTags.default([]),
  /** Ids of the roles that may edit it. Without the field the account's own stay; an empty list means everybody. */
  restricted_roles: z.array(text('the id of a role'), 'a list of ids of roles').optional(),
  draft_status: z.enum(['draft', 'published'], 'draft or published').optional(),
  /** Anything else that the API has. */
  options: z.record(z.string(), z.json(), 'a map as the API takes it').default({}),
  variants: z.record(z.string(), z.strictObject(variable)).optional(),
})
export type Fields = z.infer<typeof fields>
export type Path = readonly string[]
/** Reports that something else was expected at a place in the monitor. */
export type Tell = (path: Path, expected: string) => void
