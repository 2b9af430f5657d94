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
      .meta({ description: 'Name of the one host; default: every host with the tags of the box', examples: ['db1'] }),
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
      .meta({ description: 'Time zone of the downtimes', examples: ['Europe/Paris'] }),
    handles: z
      .array(
        text(/^@[^\s@{}]+(?:@[^\s@{}]+)?$/, 'a handle such as "@slack-ops"'),
        'a list of handles such as ["@slack-ops"]',
      )
      .default([])
      .meta({ description: 'Who is notified', examples: [['@slack-ops']] }),
    tags: monitorTags.default([]).meta({ description: 'Tags of every monitor', examples: [['team:shop']] }),
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
      .meta({
        description: 'Monitors that are off, or of another variant than the first',
        examples: [{ my_metric: 'once', app: false }],
      }),
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
      .meta({
        description: 'Further dashboards: boards/NAME.json as the site exports it, or boards/NAME.yaml.hbs',
        examples: [['latency']],
      }),
    exports: z
      .array(
        text(/^[a-z][a-z0-9_-]*$/, 'the name of a file in exports/, of lower-case letters, digits, _ and -'),
        'a list of names of files in exports/',
      )
      .refine((all) => new Set(all).size === all.length, 'each name once')
      .default([])
      .meta({
        description: 'Further monitors and downtimes: exports/NAME.json as the site or the API gives it',
        examples: [['disk-full']],
      }),
    downtimes: z
      .union(
        [
          z.literal(false),
          z.strictObject({
            evening: hour.default(usual.evening).describe('When nights start'),
            morning: hour.default(usual.morning).describe('When they end'),
          }),
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
