// The zod schema of a box file's integrations.

import * as z from 'zod'
import { issueOf } from './contradiction.ts'
import { contradictions } from './definition-rules.ts'
import { expect } from './expect-schema.ts'
import { tags } from './schema-tags.ts'

const seconds = z
  .int('a whole number of seconds from 1 to 86400')
  .min(1, 'at least 1 second')
  .max(86400, 'at most 86400 seconds')

const instance = z.looseObject(
  {
    min_collection_interval: seconds
      .optional()
      .meta({ description: 'Seconds between two runs of this instance', examples: [30] }),
    tags: tags.optional().meta({ description: 'Tags of every metric of this instance', examples: [['page:front']] }),
  },
  'a map of options, or {} for an instance without any',
)

const config = z
  .strictObject(
    {
      init_config: z
        .looseObject({}, 'a map of options')
        .nullish()
        .meta({ description: 'Options of all instances', examples: [{ proxy: { http: 'http://proxy:3128' } }] }),
      instances: z
        .array(instance, 'a list of instances: write each as a map after a dash')
        .min(1, 'at least one instance: without one, the Agent runs nothing')
        .meta({
          description: 'Instances, each with the options that the integration’s conf.yaml.example lists',
          examples: [[{ name: 'front page', url: 'http://127.0.0.1:8080/' }]],
        }),
      logs: z
        .array(
          z.looseObject({
            type: z
              .string('the type of a log source such as file')
              .meta({ description: 'Type of the source', examples: ['file'] }),
          }),
          'a list of log sources',
        )
        .min(1, 'at least one log source')
        .optional()
        .meta({
          description: 'Log sources of the integration',
          examples: [[{ type: 'file', path: '/var/log/nginx/access.log', source: 'nginx', service: 'web' }]],
        }),
    },
    'a map with instances, and perhaps init_config and logs',
  )
  .meta({
    description: 'The integration’s conf.yaml. Secrets only as ENC[handle]',
    examples: [{ instances: [{ name: 'front page', url: 'http://127.0.0.1:8080/' }] }],
  })

/** `options` are those of a folder's check.yaml. */
const entry = <T extends z.ZodType>(options: T) =>
  z
    .strictObject(
      {
        config: config.optional(),
        expect: expect.optional().meta({
          description: 'What one run must send, as in a check.yaml; only beside config',
          examples: [{ metrics: ['network.http.can_connect'], serviceChecks: ['http.can_connect'] }],
        }),
        interval: seconds
          .optional()
          .meta({ description: 'Seconds between two runs; default 15, or that of the folder', examples: [30] }),
        tags: tags
          .optional()
          .meta({ description: 'Tags of every metric of the integration', examples: [['team:shop']] }),
        options: options.optional().meta({
          description: 'Options of a folder integrations/NAME/, see its check.yaml',
          examples: [{ port: 81 }],
        }),
      },
      'false, or a map with config, or with options of a folder integrations/NAME/',
    )
    .superRefine((value, context) => {
      const refuse = (path: string, message: string, next: string) =>
        context.addIssue({ code: 'custom', path: [path], message, params: { next } })
      if (value.config === undefined) {
        if (value.expect !== undefined)
          refuse('expect', 'no expect without config', 'add config, or write expect into the folder’s check.yaml')
        return
      }
      if (value.options != null) refuse('options', 'no options beside config', 'write them into config.instances')
      const { interval, expect: wanted } = value
      if (interval !== undefined && value.config.instances.every((one) => one.min_collection_interval !== undefined))
        refuse(
          'interval',
          'no interval: every instance has its own min_collection_interval',
          'remove interval, or an instance’s min_collection_interval',
        )
      if (wanted === undefined) return
      const definition = { title: '', interval: 15, options: {}, rules: [], expect: wanted }
      for (const contradiction of contradictions(definition)) context.addIssue(issueOf(contradiction))
    })

/** The `integrations` section of a box file. */
export const integrations = <T extends z.ZodType>(options: T) =>
  z
    .record(
      z
        .string()
        .regex(/^[a-z][a-z0-9_]*$/, 'the name of an integration as in conf.d, of lower-case letters, digits and _'),
      z.union(
        [z.literal(false), entry(options), z.null()],
        'false, or a map with config, or with options of a folder integrations/NAME/',
      ),
      'a map of integrations',
    )
    .nullish()
    .meta({
      description: 'Integrations that the Agent ships, by name; false for a default that is off',
      examples: [{ ntp: false }],
    })
