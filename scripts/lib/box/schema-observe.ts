import * as z from 'zod'
import { isZone } from './zones.ts'

const text = (pattern: RegExp, expected: string) => z.string(expected).regex(pattern, expected)

const hour = text(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as "19:00"')

/** The account side of a box file. */
export const observe = z
  .strictObject({
    host: text(/^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/, 'a host name')
      .optional()
      .describe('Name of the one host; default: every host with the tags of the box'),
    timezone: z
      .string('account, or a time zone such as Europe/Paris')
      .refine((name) => name === 'account' || isZone(name), 'account, or a time zone such as Europe/Paris')
      .default('account')
      .describe('Time zone of the downtimes'),
    handles: z
      .array(
        text(/^@[^\s@{}]+(?:@[^\s@{}]+)?$/, 'a handle such as "@slack-ops"'),
        'a list of handles such as ["@slack-ops"]',
      )
      .default([])
      .describe('Who is notified'),
    monitors: z
      .record(
        text(/^[a-z][a-z0-9_-]*$/, 'the name of a monitor'),
        z.union(
          [z.literal(false), text(/^[a-z][a-z0-9_-]*$/, 'false, or the name of a variant')],
          'false, or the name of a variant',
        ),
        'a map of monitors',
      )
      .default({})
      .describe('Monitors that are off, or of another variant than the first'),
    downtimes: z
      .union(
        [z.literal(false), z.strictObject({ evening: hour.default('19:00'), morning: hour.default('09:00') })],
        'false, or { evening: "19:00", morning: "09:00" }',
      )
      .default({ evening: '19:00', morning: '09:00' })
      .describe('Hours of the nights without notifications'),
  })
  .superRefine(({ downtimes }, context) => {
    if (downtimes !== false && (downtimes.evening <= downtimes.morning || downtimes.morning === '00:00'))
      context.addIssue({
        code: 'custom',
        path: ['downtimes', 'morning'],
        message: 'an hour after midnight and before the evening: nights end on the next day',
      })
  })
  .describe('The account: dashboard, monitors and downtimes of npm run observe')
