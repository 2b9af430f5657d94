// The schemas of the files.

import * as z from 'zod'
import { parseDuration } from './calendar/duration.ts'
import { longestMinutes, mostRecurrences } from './calendar/recurrence.ts'
import { monitor } from './schema-monitor.ts'

const text = (expected: string) => z.string(expected).min(1, expected)

/** Any JSON object: the API's own models validate it (models/assert.ts). */
const wire = z.record(z.string(), z.json(), 'a map as the API takes it')

const widgets = z.array(wire, 'a list of widgets')
const colours = ['white', 'gray', 'blue', 'green', 'yellow', 'orange', 'pink', 'purple', 'vivid_blue'] as const

/** A part of the account side: a group of the dashboard, and monitors. */
export const part = z.strictObject({
  group: text('the title of a group of widgets'),
  color: z.enum(colours, `a colour of the group, one of ${colours.join(', ')}`),
  widgets,
  monitors: z
    .record(z.string().regex(/^[a-z][a-z0-9_-]*$/, 'a name of lower-case letters, digits, _ and -'), monitor)
    .default({}),
})

/** The frame of a dashboard: everything but the groups, plus widgets above them. */
export const board = z.looseObject({
  title: text('a title'),
  description: z.string('what the dashboard is about').nullish(),
  widgets,
})

/** A monitor or downtime as exported. */
export const raw = z
  .record(z.string(), z.json(), 'a map as the API takes it')
  .refine(
    (one) => typeof one.query === 'string' || one.schedule !== undefined || one.monitor_identifier !== undefined,
    'a monitor, which has a query, or a downtime, which has a monitor_identifier: dashboards stand in boards/',
  )

const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
const hour = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as "19:00"')
const stretch = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'hours such as "19:00-24:00"')

const lengthExpectation = 'a length of at most a week, such as 14h or 2d'

const rule = z
  .strictObject({
    days: z.array(z.enum(days, `days of the week: ${days.join(', ')}`)).min(1, 'at least one day'),
    from: hour,
    to: hour.optional(),
    for: z
      .string(lengthExpectation)
      .refine((length) => (parseDuration(length) ?? Number.POSITIVE_INFINITY) <= longestMinutes, lengthExpectation)
      .optional(),
  })
  .refine(({ to, for: length }) => (to === undefined) !== (length === undefined), 'one of to and for')

const hours = z.array(stretch, 'a list of hours')

/** The hours that should be silent, and the downtimes for them. */
export const downtimes = z.strictObject({
  silent: z.strictObject(
    {
      monday: hours,
      tuesday: hours,
      wednesday: hours,
      thursday: hours,
      friday: hours,
      saturday: hours,
      sunday: hours,
    },
    'a list of hours for each day of the week',
  ),
  downtimes: z.record(
    z.string().regex(/^[a-z][a-z0-9_-]*$/, 'a name of lower-case letters, digits, _ and -'),
    z.strictObject({
      message: text('what the account shows while it is silent'),
      rules: z
        .array(rule, 'a list of rules')
        .min(1, 'at least one rule')
        .max(mostRecurrences, `at most ${mostRecurrences} rules: a downtime has no room for more, so make two of it`),
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
    trimmed: z.array(z.string()).default([]),
    replaced: z.array(z.string()).default([]),
    fixed: z.array(z.string()).default([]),
    /** True: everything else in the account is a change by hand, since a PUT replaces all fields. */
    strict: z.boolean(),
  }),
)
export type ServerFile = z.infer<typeof server>
