import * as z from 'zod'

const text = (expected: string) => z.string(expected).min(1, expected)

/** Anything that JSON carries: the API's own models judge it (models.ts). */
const wire = z.record(z.string(), z.json(), 'a map as the API takes it')

const widgets = z.array(wire, 'a list of widgets')
const number = z.number('a number')
const limit = z.strictObject({ warning: number.optional(), critical: number })

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
  below: limit.optional(),
}

const monitor = z
  .strictObject({
    name: text('the title of the monitor'),
    type: z.enum(['metric alert', 'query alert', 'service check'], 'metric alert, query alert or service check'),
    ...variable,
    /** Of a service check, whose query has no number: how many results in a row. */
    thresholds: z.strictObject({ critical: number, warning: number.optional(), ok: number.optional() }).optional(),
    /** Minutes after which missing data is told. */
    no_data: z.int('a whole number of minutes').min(2, 'at least 2 minutes').optional(),
    priority: z.int('a whole number from 1 to 5').min(1, 'from 1').max(5, 'to 5').optional(),
    message,
    options: wire.default({}),
    variants: z.record(z.string(), z.strictObject(variable)).optional(),
  })
  .superRefine(({ type, above, below, thresholds, message, no_data, variants }, context) => {
    const issue = (path: string[], expected: string) => context.addIssue({ code: 'custom', path, message: expected })
    const limits = [above, below, ...Object.values(variants ?? {}).flatMap((one) => [one.above, one.below])]
    if (type === 'service check' && (thresholds === undefined || limits.some((one) => one !== undefined)))
      issue(['thresholds'], 'thresholds of a service check, and neither above nor below')
    if (type !== 'service check' && thresholds !== undefined)
      issue(['thresholds'], 'above or below: they become both the number in the query and the thresholds')
    if (type !== 'service check' && (above === undefined) === (below === undefined))
      issue(['above'], 'one of above and below')
    const warned = thresholds?.warning ?? above?.warning ?? below?.warning
    if (warned !== undefined && message.warning === undefined)
      issue(['message', 'warning'], 'what to tell in a warning')
    if (no_data !== undefined && message.no_data === undefined)
      issue(['message', 'no_data'], 'what to tell when nothing arrives')
  })

/** A part of the account side: a group of the dashboard, and monitors. */
export const part = z.strictObject({
  group: text('the title of a group of widgets'),
  color: z.enum(
    ['white', 'gray', 'blue', 'green', 'yellow', 'orange', 'pink', 'purple', 'vivid_blue'],
    'a colour of the group',
  ),
  widgets,
  monitors: z
    .record(z.string().regex(/^[a-z][a-z0-9_-]*$/, 'a name of lower-case letters, digits, _ and -'), monitor)
    .default({}),
})

/** The frame of a dashboard: everything but the groups, and widgets that stand above them. */
export const board = z.looseObject({ title: text('a title'), description: z.string(), widgets })

const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
const hour = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as "19:00"')
const stretch = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'hours such as "19:00-24:00"')

const rule = z
  .strictObject({
    days: z.array(z.enum(days, `days of the week: ${days.join(', ')}`)).min(1, 'at least one day'),
    from: hour,
    to: hour.optional(),
    for: z
      .string()
      .regex(/^[1-9]\d*[mhdw]$/, 'a length such as 2d')
      .optional(),
  })
  .refine(({ to, for: length }) => (to === undefined) !== (length === undefined), 'one of to and for')

const hours = z.array(stretch, 'a list of hours')

/** Hours that are wished to be silent, and the downtimes that make them so. */
export const downtimes = z.strictObject({
  silent: z.strictObject(
    {
      ...{ monday: hours, tuesday: hours, wednesday: hours, thursday: hours, friday: hours },
      ...{ saturday: hours, sunday: hours },
    },
    'a list of hours for each day of the week',
  ),
  downtimes: z.record(
    z.string().regex(/^[a-z][a-z0-9_-]*$/, 'a name of lower-case letters, digits, _ and -'),
    z.strictObject({
      message: text('what the account shows while it is silent'),
      rules: z.array(rule, 'a list of rules').min(1, 'at least one rule'),
    }),
  ),
})

export type Part = z.infer<typeof part>
export type MonitorFile = Part['monitors'][string]
export type Board = z.infer<typeof board>
export type DowntimesFile = z.infer<typeof downtimes>

/** What the API adds or changes by itself, by kind: server.yaml. */
export const server = z.record(
  z.enum(['monitor', 'dashboard', 'downtime']),
  z.strictObject({
    readOnly: z.array(z.string()),
    defaults: z.record(z.string(), z.json()),
    same: z.array(z.strictObject({ path: z.string(), values: z.array(z.string()) })).default([]),
    sets: z.array(z.string()).default([]),
    ignored: z.array(z.string()).default([]),
    replaced: z.array(z.string()).default([]),
    /** True: whatever else the account has is a change by hand, since a PUT replaces all. */
    strict: z.boolean(),
  }),
)
export type ServerFile = z.infer<typeof server>
