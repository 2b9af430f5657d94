// The zod schema of a box file's log sources.

import * as z from 'zod'
import { re2Problem } from './re2.ts'
import { tags } from './schema-tags.ts'
import { maximumServiceLength, normalService } from './tags.ts'

const text = (pattern: RegExp, expected: string) => z.string(expected).regex(pattern, expected)
const list = <T extends z.ZodType>(item: T, expected: string, one: string) =>
  z.array(item, expected).min(1, `at least one ${one}`)

const wild = /[*?[]/

/** Without signs that systemd-tmpfiles or the Agent read as something else. */
const path = text(
  /^\/(?!.*(?:^|\/)\.\.?(?:\/|$))(?!.*\/\/)[^\0-\x20"'\\%$,]*[^\0-\x20"'\\%$,/]$/,
  'an absolute path, which may have * and ?, without spaces, quotes, commas, .. and %',
)

const unit = text(
  /^[A-Za-z0-9:_.@-]+\.(?:service|scope|socket|timer|mount|slice|target)$/,
  'a unit such as ssh.service',
)

const match = text(/^[A-Z0-9_]+=.+$/, 'a match such as SYSLOG_IDENTIFIER=sudo')

const rule = z
  .strictObject({
    type: z
      .enum(
        ['exclude_at_match', 'include_at_match', 'mask_sequences', 'multi_line'],
        'exclude_at_match, include_at_match, mask_sequences or multi_line',
      )
      .meta({ description: 'What a match does' }),
    name: text(/^[\w.-]+$/, 'a name of letters, digits and _ . -').meta({
      description: 'Name of the rule',
      examples: ['no_health'],
    }),
    pattern: z
      .string('a regular expression')
      .min(1, 'a regular expression')
      .superRefine((value, context) => {
        const problem = re2Problem(value)
        if (problem !== undefined)
          context.addIssue({
            code: 'custom',
            message: 'a regular expression of RE2, the syntax of Go',
            params: { next: `correct it: ${problem}` },
          })
      })
      .meta({ description: 'Regular expression in the syntax of RE2', examples: ['GET /health'] }),
    replace_placeholder: z
      .string('text')
      .optional()
      .meta({ description: 'What mask_sequences writes in place of a match', examples: ['[card]'] }),
  })
  .superRefine(({ type, replace_placeholder: placeholder }, context) => {
    const refuse = (message: string, next: string) =>
      context.addIssue({ code: 'custom', path: ['replace_placeholder'], message, params: { next } })
    if (type === 'mask_sequences' && placeholder === undefined)
      refuse('text that takes the place of a match', 'add replace_placeholder')
    if (type !== 'mask_sequences' && placeholder !== undefined)
      refuse('no replace_placeholder: only mask_sequences has one', 'remove it')
  })

const trial = z.strictObject({
  line: z
    .string('a line')
    .min(1, 'a line')
    .meta({ description: 'Line to write; {id} in it becomes a word of its own', examples: ['GET /health {id}'] }),
  arrives: z
    .union([z.literal(false), z.string().min(1)], 'false, or the text that arrives')
    .optional()
    .meta({ description: 'The text that the Agent sends, or false; default: the line itself', examples: [false] }),
})

const common = {
  source: text(/^[a-z0-9][\w.-]*$/, 'a source of lower-case letters, digits and _ . -').meta({
    description: 'Source, which chooses the pipeline that parses the lines',
    examples: ['nginx'],
  }),
  service: z
    .string('the name of a service')
    .min(1, 'the name of a service')
    .superRefine((value, context) => {
      const normal = normalService(value)
      if (normal !== value)
        context.addIssue({
          code: 'custom',
          message: `the name of a service: lower case, letters, digits and _ - : . /, at most ${maximumServiceLength} characters`,
          params: { next: normal === '' ? 'write another name' : `write ${normal}: Datadog stores it so` },
        })
    })
    .optional()
    .meta({ description: 'Service', examples: ['web'] }),
  tags: tags.optional().meta({ description: 'Tags of every line', examples: [['team:web']] }),
  log_processing_rules: list(rule, 'a list of rules', 'rule')
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'each name once')
    .optional()
    .meta({
      description: 'Rules that drop, mask or join lines before they are sent',
      examples: [[{ type: 'exclude_at_match', name: 'no_health', pattern: 'GET /health' }]],
    }),
  try: list(trial, 'a list of { line, arrives }', 'line')
    .optional()
    .meta({
      description: 'Lines that the suite writes, and what must arrive of each; default: one line of its own',
      examples: [[{ line: 'GET /health {id}', arrives: false }, { line: 'GET / {id}' }]],
    }),
}

const port = z
  .int('a port number from 1024 to 65535')
  .min(1024, 'a port from 1024: dd-agent may not listen below')
  .max(65535, 'a port up to 65535')
  .meta({ description: 'Port that the Agent listens on, at every address', examples: [10514] })

const file = z.strictObject({
  type: z.literal('file').meta({ description: 'Kind of the source', examples: ['file'] }),
  path: path.meta({ description: 'File, or a pattern of files', examples: ['/var/log/nginx/*.log'] }),
  exclude_paths: list(path, 'a list of paths', 'path')
    .optional()
    .meta({ description: 'Files of the pattern that are left out', examples: [['/var/log/nginx/debug.log']] }),
  start_position: z
    .enum(['end', 'beginning', 'forceBeginning', 'forceEnd'], 'end, beginning, forceBeginning or forceEnd')
    .optional()
    .meta({ description: 'Where the Agent begins to read a file that it has not read yet' }),
  encoding: z
    .enum(['utf-16-le', 'utf-16-be', 'shift-jis'], 'utf-16-le, utf-16-be or shift-jis')
    .optional()
    .meta({ description: 'Encoding, if not UTF-8' }),
  auto_multi_line_detection: z
    .boolean('true or false')
    .optional()
    .meta({ description: 'Let the Agent find out which lines belong together' }),
  ...common,
})

const journald = z.strictObject({
  type: z.literal('journald').meta({ description: 'Kind of the source', examples: ['journald'] }),
  path: path.optional().meta({ description: 'Folder of the journal', examples: ['/var/log/journal'] }),
  include_units: list(unit, 'a list of units', 'unit')
    .optional()
    .meta({ description: 'Only these units', examples: [['ssh.service']] }),
  exclude_units: list(unit, 'a list of units', 'unit')
    .optional()
    .meta({ description: 'All but these units', examples: [['cron.service']] }),
  include_matches: list(match, 'a list of matches', 'match')
    .optional()
    .meta({ description: 'Only entries with one of these fields', examples: [['SYSLOG_IDENTIFIER=sudo']] }),
  exclude_matches: list(match, 'a list of matches', 'match')
    .optional()
    .meta({ description: 'No entries with one of these fields', examples: [['SYSLOG_IDENTIFIER=CRON']] }),
  ...common,
})

const listener = (type: 'tcp' | 'udp') =>
  z.strictObject({
    type: z.literal(type).meta({ description: 'Kind of the source', examples: [type] }),
    port,
    ...common,
  })

/** One source of a box file. */
const source = z
  .discriminatedUnion(
    'type',
    [file, journald, listener('tcp'), listener('udp')],
    'a map with type: file, journald, tcp or udp',
  )
  .superRefine((value, context) => {
    const refuse = (path: (string | number)[], message: string, next: string) =>
      context.addIssue({ code: 'custom', path, message, params: { next } })
    if (value.type === 'file' && !wild.test(value.path)) {
      if (value.exclude_paths !== undefined)
        refuse(['exclude_paths'], 'no exclude_paths: path names one file', 'remove it, or write a pattern in path')
    } else if (value.type === 'file' && /beginning/i.test(value.start_position ?? ''))
      refuse(['start_position'], 'end or forceEnd: path is a pattern', 'remove it: an Agent may refuse the source')
    const rules = value.log_processing_rules ?? []
    const kinds = new Set(rules.map(({ type }) => type))
    const arriving = (value.try ?? []).some(({ arrives }) => arrives !== false)
    if (kinds.has('include_at_match') && !arriving)
      refuse(['try'], 'a line that the rules let pass', 'add try: [{ line: "… {id}" }] with a line that matches')
    else if ((value.try ?? []).length > 0 && !arriving)
      refuse(['try'], 'at least one line that arrives', 'add { line: "… {id}" }')
    for (const [index, { line, arrives }] of (value.try ?? []).entries()) {
      if (line.includes('\n') && !kinds.has('multi_line'))
        refuse(['try', index, 'line'], 'one line', 'write one line, or add a rule of type multi_line')
      if (typeof arrives === 'string' && arrives.includes('{id}') !== line.includes('{id}'))
        refuse(['try', index, 'arrives'], '{id} in both line and arrives, or in neither', 'write {id} where it arrives')
    }
  })

/** The `logs` section of a box file. */
export const logs = z
  .record(
    z.string().regex(/^[a-z][a-z0-9_]*$/, 'a name of your own, of lower-case letters, digits and _'),
    source,
    'a map of log sources',
  )
  .nullish()
  .meta({
    description: 'Log sources of the Agent, by a name of your own',
    examples: [{ system: { type: 'journald', source: 'journald' } }],
  })
