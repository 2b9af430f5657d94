// The account section of a box file.

import * as z from 'zod'
import { monitorTags } from './monitor-tags.ts'
import { isSpeltZone, meantZone } from './zones.ts'

const text = (pattern: RegExp, expected: string) => z.string(expected).regex(pattern, expected)

const hour = text(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as "19:00"')

const usual = { evening: '19:00', morning: '09:00' }

/** The `observe` section of a box file. */
export const observe = z
  .strictObject({
    host: text(/^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/, 'a host name')
      .optional()
      .describe('Name of the one host; default: every host with the tags of the box'),
    timezone: z
      .string('account, or a time zone such as Europe/Paris')
      .superRefine((name, context) => {
        if (name === 'account' || isSpeltZone(name)) return
        const near = meantZone(name)
        context.addIssue({
          code: 'custom',
          message: 'account, or a time zone such as Europe/Paris',
          params: {
            next: near === undefined ? 'write account, or a name of the tz database' : `did you mean ${near}?`,
          },
        })
      })
      .default('account')
      .describe('Time zone of the downtimes'),
    handles: z
      .array(
        text(/^@[^\s@{}]+(?:@[^\s@{}]+)?$/, 'a handle such as "@slack-ops"'),
        'a list of handles such as ["@slack-ops"]',
      )
      .default([])
      .describe('Who is notified'),
    tags: monitorTags.default([]).describe('Tags of every monitor'),
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
    boards: z
      .array(
        text(
          /^(?!board$)[a-z][a-z0-9_-]*$/,
          'the name of a file in boards/, of lower-case letters, digits, _ and -; not board',
        ),
        'a list of names of files in boards/',
      )
      .refine((all) => new Set(all).size === all.length, 'each board once')
      .default([])
      .describe('Further dashboards: boards/NAME.json as the site exports it, or boards/NAME.yaml.hbs'),
    exports: z
      .array(
        text(/^[a-z][a-z0-9_-]*$/, 'the name of a file in exports/, of lower-case letters, digits, _ and -'),
        'a list of names of files in exports/',
      )
      .refine((all) => new Set(all).size === all.length, 'each name once')
      .default([])
      .describe('Further monitors and downtimes: exports/NAME.json as the site or the API gives it'),
    downtimes: z
      .union(
        [
          z.literal(false),
          z.strictObject({ evening: hour.default(usual.evening), morning: hour.default(usual.morning) }),
        ],
        'false, or { evening: "19:00", morning: "09:00" }',
      )
      .default(usual)
      .describe('Hours of the nights without notifications'),
  })
  .superRefine(({ downtimes }, context) => {
    if (downtimes === false) return
    const { evening, morning } = downtimes
    if (morning !== '00:00' && morning < evening) return
    // Told at the one that is written: the other may be a default.
    const isMorning = morning === '00:00' || evening === usual.evening
    context.addIssue({
      code: 'custom',
      path: ['downtimes', isMorning ? 'morning' : 'evening'],
      message: isMorning
        ? `an hour after midnight and before the evening, which is at ${evening}: nights end on the next day`
        : `an hour after the morning, which is at ${morning}: nights end on the next day`,
    })
  })
  .describe('The account: dashboard, monitors and downtimes of npm run observe')
