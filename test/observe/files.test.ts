import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type * as z from 'zod'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { observeContext } from '../../scripts/lib/observe/context.ts'
import { readTemplate } from '../../scripts/lib/observe/read.ts'
import { board, downtimes, part } from '../../scripts/lib/observe/schema.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { labBox, project } from './_observe.ts'

const readText = async (t: ExecutionContext, text: string, schema: z.ZodType = part): Promise<unknown> => {
  const file = join(await temporaryFolder(t), 'observe.yaml.hbs')
  await writeFile(file, text)
  return readTemplate(file, observeContext(await labBox()), schema, project).data
}

/** The error of a file that must be refused: the template itself with its line, expected, found and next, exit code 2. */
const refused = async (t: ExecutionContext, text: string, schema?: z.ZodType): Promise<BoxhoundError['details']> => {
  const error = await t.throwsAsync(readText(t, text, schema), { instanceOf: BoxhoundError })
  t.is(error.exitCode, 2)
  t.regex(error.details.file ?? '', /observe\.yaml\.hbs$/)
  t.is(typeof error.details.line, 'number')
  if (!(error.details.cause instanceof AggregateError))
    for (const field of ['expected', 'found', 'next'] as const) t.truthy(error.details[field], field)
  return error.details
}

const head = 'group: Mine\ncolor: blue\nwidgets: []\nmonitors:\n  mine:\n'
const whole = `${head}    name: Mine
    type: metric alert
    query: "avg(last_5m):avg:m{*}"
    above: { warning: 5, critical: 8 }
    message: { alert: a, warning: w }
`
const missing = whole.replace('warning: w', 'warning: w, no_data: n')
const unusual = (limit: string): string => `${head}    name: Mine
    type: query alert
    query: "avg(last_1h):anomalies(avg:m{*}, 'basic', 2)"
    ${limit}
    message: { alert: a }
    options: { threshold_windows: { trigger_window: last_15m, recovery_window: last_15m } }
`
const check = `${head}    name: Mine
    type: service check
    query: '"mine".over("*").last(2).count_by_status()'
    thresholds: { critical: 1 }
    message: { alert: a }
`

test('a part with a monitor is read', async (t) => {
  await t.notThrowsAsync(readText(t, whole))
  await t.notThrowsAsync(readText(t, check))
  const recovering = '{ warning: 5, warning_recovery: 4, critical: 8, critical_recovery: 7 }'
  await t.notThrowsAsync(readText(t, whole.replace('{ warning: 5, critical: 8 }', recovering)))
})

const wrong: readonly (readonly [title: string, text: string, line: number, said: RegExp])[] = [
  ['a priority beyond 5', `${whole}    priority: 7\n`, 11, /^a whole number from 1 to 5 7 \(number\) change it/],
  ['a priority of none', `${whole}    priority: 0\n`, 11, /^a whole number from 1 to 5 /],
  [
    'no_data of a minute',
    `${whole.replace('warning: w', 'warning: w, no_data: n')}    no_data: 1\n`,
    11,
    /^at least 2 minutes 1 \(number\) change it/,
  ],
  ['an unknown colour', whole.replace('blue', 'mauve'), 2, /one of white, gray, blue, .*vivid_blue/],
  ['a warning above critical', whole.replace('warning: 5', 'warning: 9'), 9, /^a number below critical, which is 8 9/],
  ['a warning at critical', whole.replace('warning: 5', 'warning: 8'), 9, /^a number below critical, which is 8 8/],
  ['a warning below critical', whole.replace('above', 'below'), 9, /^a number above critical, which is 8 5/],
  [
    'a variant whose warning is above critical',
    `${whole}    variants: { usual: {}, high: { above: { warning: 90, critical: 80 } } }\n`,
    11,
    /^a number below critical, which is 80 90/,
  ],
  [
    'a recovery beyond its limit',
    whole.replace('critical: 8', 'critical: 8, critical_recovery: 9'),
    9,
    /^a number below critical, which is 8 9/,
  ],
  [
    'the recovery of a warning that there is not',
    whole.replace('warning: 5', 'warning_recovery: 4'),
    9,
    /^a warning, of which warning_recovery is the end/,
  ],
  [
    'a variant that looks the other way',
    `${whole}    variants: { low: { below: { critical: 1 } } }\n`,
    11,
    /^above, as the monitor itself has it/,
  ],
  [
    'a variant that warns without words',
    `${whole.replace('warning: 5, ', '').replace(', warning: w', '')}    variants: { two: { above: { warning: 1, critical: 2 } } }\n`,
    10,
    /^what to tell in a warning nothing add monitors\.mine\.message\.warning/,
  ],
  ['no query at all', whole.replace(/ {4}query.*\n/, ''), 6, /^a query, here or in each variant nothing add /],
  [
    'thresholds as an option',
    `${whole}    options: { thresholds: { critical: 1 } }\n`,
    11,
    /^nothing here: above, at_least, below/,
  ],
  [
    'thresholds of a number in the query',
    check.replace('service check', 'query alert'),
    9,
    /^one of above, at_least, below and at_most: /,
  ],
  ['two comparisons', `${whole}    at_least: { critical: 9 }\n`, 11, /^one of above, at_least, below and at_most/],
  ['a comparison in the query', whole.replace('{*}"', '{*} >= 8"'), 8, /^a query without its comparison/],
  ['a type that is none', whole.replace('metric alert', 'metrics'), 7, /^a type of the API, one of metric alert, /],
  [
    'missing data in two ways',
    `${missing}    no_data: 10\n    options: { on_missing_data: resolve }\n`,
    12,
    /^one of no_data and/,
  ],
  [
    'missing data without words',
    `${whole}    options: { on_missing_data: show_and_notify_no_data }\n`,
    10,
    /^what to tell when nothing/,
  ],
  [
    'a reminder without its interval',
    `${whole}    options: { renotify_occurrences: 2 }\n`,
    11,
    /^options.renotify_interval beside it/,
  ],
  [
    'a delay of new groups without groups',
    `${whole}    options: { new_group_delay: 60 }\n`,
    11,
    /^a query with groups/,
  ],
  [
    'two delays',
    `${whole.replace('{*}', '{*} by {host}')}    options: { new_group_delay: 60, new_host_delay: 60 }\n`,
    11,
    /^one of new_group_delay and new_host_delay/,
  ],
  [
    'notes for groups that there are not',
    `${whole.replace('{*}', '{*} by {host}')}    options: { notify_by: [region] }\n`,
    11,
    /^\["\*"\], or some of host/,
  ],
  ['hours beyond a day', `${whole}    options: { timeout_h: 25 }\n`, 11, /^a whole number of hours from 0 to 24/],
  ['an option of logs', `${whole}    options: { enable_logs_sample: true }\n`, 11, /^no such option: only a log alert/],
  [
    'windows without anomalies',
    `${whole}    options: { threshold_windows: { trigger_window: last_5m } }\n`,
    11,
    /^nothing: only/,
  ],
  ['a lock and roles', `${whole}    restricted_roles: [x]\n    options: { locked: true }\n`, 12, /^one of locked and/],
  [
    'two ways to evaluate',
    `${whole}    options: { scheduling_options: { evaluation_window: { hour_starts: 0, day_starts: "01:00" } } }\n`,
    11,
    /^an evaluation_window with hour_starts alone/,
  ],
  ['a share above 1', unusual('above: { critical: 1 }'), 9, /^a share below 1, or at_least: 1/],
  ['a share beyond 1', unusual('at_least: { critical: 2 }'), 9, /^a share from 0 to 1/],
  ['a share of nothing', unusual('at_least: { critical: 0 }'), 9, /^a share above 0/],
  ['a share from above', unusual('below: { critical: 0.5 }'), 9, /^above or at_least/],
  [
    'anomalies without windows',
    unusual('at_least: { critical: 1 }').replace(/ {4}options.*\n/, ''),
    6,
    /trigger_window: last_15m/,
  ],
  [
    'a recovery that holds with the alert',
    unusual('at_least: { critical: 0.5 }').replace('recovery_window: last_15m', 'recovery_window: last_5m'),
    11,
    /^a time from 8 to 15 minutes/,
  ],
  [
    'a recovery window beyond the other',
    unusual('at_least: { critical: 0.5 }').replace('recovery_window: last_15m', 'recovery_window: last_1h'),
    11,
    /^a time of at most/,
  ],
  ['limits of a composite', whole.replace('metric alert', 'composite'), 9, /^nothing: other monitors decide/],
  ['a tag in capitals', `${whole}    tags: [Team:web]\n`, 11, /lower case/],
  ['a tag of ours', `${whole}    tags: ["managed_by:me"]\n`, 11, /^a tag of your own.* remove it$/],
  ['a tag that begins as ours do', `${whole}    tags: ["boxhound_more:x"]\n`, 11, /^a tag of your own/],
  ['a tag twice', `${whole}    tags: ["a:b", "a:b"]\n`, 11, /^each tag once/],
  ['a tag that is too long', `${whole}    tags: [${'a'.repeat(201)}]\n`, 11, /at most 200 characters/],
]

for (const [title, text, line, said] of wrong)
  test(`refused with its line: ${title}`, async (t) => {
    const details = await refused(t, text)
    t.is(details.line, line)
    t.regex(`${details.expected} ${details.found} ${details.next}`, said)
  })

test('a file that is empty lacks what its own kind needs', async (t) => {
  t.is((await refused(t, '')).next, 'add group, color and widgets')
  t.is((await refused(t, '# nothing yet\n', board)).next, 'add title and widgets')
  t.is((await refused(t, '', downtimes)).next, 'add silent and downtimes')
})

const nights = (rule: string): string =>
  `silent: { ${['mon', 'tues', 'wednes', 'thurs', 'fri', 'satur', 'sun'].map((day) => `${day}day: []`).join(', ')} }
downtimes:
  nights:
    message: n
    rules:
      - days: [monday]
        from: "19:00"
        ${rule}
`

test('a downtime lasts a week at the most', async (t) => {
  for (const length of ['1w', '7d', '168h', '90m'])
    await t.notThrowsAsync(readText(t, nights(`for: ${length}`), downtimes))
  for (const length of ['9d', '2w', '169h', '0d', '1y', '99999999m']) {
    const { line, expected } = await refused(t, nights(`for: ${length}`), downtimes)
    t.is(line, 8, length)
    t.is(expected, 'a length of at most a week, such as 14h or 2d')
  }
})

for (const [text, write] of [
  ['"{{value}} is high"', '{{value}}'],
  ['"on {{host.name}}"', '{{host.name}}'],
  ['"{{#is_alert}}x{{/is_alert}}"', '{{#is_alert}}'],
] as const)
  test(`a variable of Datadog without its backslash is told with it: ${write}`, async (t) => {
    const { line, next } = await refused(t, whole.replace('alert: a', `alert: ${text}`))
    t.is(line, 10)
    t.true(next?.startsWith(`a variable of Datadog? write \\${write}; else: `), next)
  })

test('a name within a block or helper of ours is no variable of Datadog', async (t) => {
  for (const text of ['{{concat "a" agnt.version}}', '{{#if agnt}}a{{/if}}'])
    t.regex((await refused(t, whole.replace('alert: a', `alert: ${text}`))).next ?? '', /^did you mean "agent"/)
})

test('errors name the line of the template: blocks, loops and comments shift nothing', async (t) => {
  const text = `{{#if database}}
# one
{{/if}}
group: {{concat "a" box.name}}
{{#if app}}
color: mauve
{{else}}
color: blue
{{/if}}
widgets:
{{#each agent.tags}}
  - {}
  - text
{{/each}}
more: 1
`
  const error = await t.throwsAsync(readText(t, text), { instanceOf: BoxhoundError })
  const { cause } = error.details
  const errors: readonly BoxhoundError[] = cause instanceof AggregateError ? cause.errors : []
  t.deepEqual(
    errors.map(({ details: { line, column } }) => [line, column]),
    [[6, 8], ...(await labBox()).agent.tags.map(() => [13, 5]), [15, 1]],
  )
  t.false(error.message.includes('rendered'))
})

test('a value before the place shifts its column: the line’s beginning is told', async (t) => {
  const { line, column } = await refused(t, `${whole}    tags: [{{concat "a:" box.name}}, B]\n`)
  t.deepEqual([line, column], [11, 5])
})

test('what is no YAML at all is told at the template’s line, too', async (t) => {
  t.is((await refused(t, '{{#if app}}\ngroup: a\n{{/if}}\ncolor: [\nwidgets: []\n')).line, 5)
  t.is((await refused(t, '{{#if app}}\n{{/if}}\ngroup: &a b\n')).line, 3)
})

test('a downtime has at most five rules', async (t) => {
  const rule = '      - { days: [monday], from: "19:00", to: "20:00" }\n'
  await t.notThrowsAsync(readText(t, nights('to: "20:00"') + rule.repeat(4), downtimes))
  const { line, expected } = await refused(t, nights('to: "20:00"') + rule.repeat(5), downtimes)
  t.is(line, 6)
  t.regex(expected ?? '', /^at most 5 rules/)
})
