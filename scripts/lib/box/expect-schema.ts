// The zod schema of what the suite expects from a check.

import * as z from 'zod'
import { isPattern } from './pattern.ts'
import { tags } from './schema-tags.ts'

/** A bound of a metric's values: a number, or the value of an option. */
const bound = (what: string) =>
  z
    .union(
      [
        z.number('a number'),
        z.strictObject({
          option: z.string('the name of an option').meta({ description: 'Option that holds it', examples: ['max'] }),
        }),
      ],
      'a number or { option: NAME }',
    )
    .meta({ description: what, examples: [1] })

const names = z.array(z.string('a name'), 'a list of names').default([])

/** Warnings that a check may give, each as a regular expression and the reason why it is not a fault. */
const warnings = z.union(
  [
    z.enum(['none', 'allowed']),
    z
      .array(
        z.strictObject({
          pattern: z
            .string('a regular expression')
            .refine(isPattern, 'a valid regular expression')
            .meta({ description: 'Regular expression of an allowed warning', examples: ['^\\[Deprecated\\]'] }),
          reason: z
            .string('text')
            .min(1, 'a reason')
            .meta({ description: 'Why it is allowed', examples: ['there is no replacement yet'] }),
        }),
      )
      .min(1, 'at least one warning'),
  ],
  'none, allowed, or a list of { pattern, reason }',
)

/** Service checks that one run must send: all OK, or each with the expected state on a standalone machine. */
const serviceChecks = z.union(
  [
    z.array(z.string('a name')),
    z.record(
      z.string(),
      z.enum(['ok', 'warning', 'critical', 'unknown', 'any'], 'ok, warning, critical, unknown or any'),
    ),
  ],
  'a list of names, or a map of names to ok, warning, critical, unknown or any',
)

/** `expect` of a check.yaml, and of an integration in a box file. */
export const expect = z.strictObject({
  metrics: names.meta({ description: 'Metrics that a single run must send', examples: [['nginx.net.connections']] }),
  rates: names.meta({ description: 'Metrics that exist after two runs', examples: [['nginx.net.request_per_s']] }),
  serviceChecks: serviceChecks.default([]).meta({
    description: 'Service checks that must be OK, or a map with the state of each',
    examples: [['nginx.can_connect']],
  }),
  tags: tags.default([]).meta({ description: 'Tags that each of these metrics must carry', examples: [['port:8080']] }),
  warnings: warnings.default('none').meta({
    description: 'none, allowed, or a list of allowed warnings',
    examples: ['none'],
  }),
  ranges: z
    .record(z.string(), z.strictObject({ min: bound('Lowest value'), max: bound('Highest value') }))
    .default({})
    .meta({
      description: 'Bounds of a metric’s values',
      examples: [{ 'network.http.can_connect': { min: 1, max: 1 } }],
    }),
})
