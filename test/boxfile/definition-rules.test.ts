import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { readDefinition } from '../../scripts/lib/box/definition.ts'
import { matches } from '../../scripts/lib/box/pattern.ts'
import { fixture, temporaryFile } from './_files.ts'

const wrong: readonly (readonly [title: string, text: string, line: number, said: RegExp])[] = [
  [
    'a default below its minimum',
    'options:\n  a: { type: number, minimum: 1, default: 0 }\nexpect: {}',
    3,
    /its own minimum/,
  ],
  [
    'a default above its maximum',
    'options:\n  a: { type: integer, maximum: 1, default: 2 }\nexpect: {}',
    3,
    /its own maximum/,
  ],
  [
    'a minimum above the maximum',
    'options:\n  a: { type: number, minimum: 2, maximum: 1 }\nexpect: {}',
    3,
    /below maximum/,
  ],
  [
    'a default that is no value',
    'options:\n  a: { type: string, values: [x], default: y }\nexpect: {}',
    3,
    /own values/,
  ],
  [
    'a default beside its pattern',
    'options:\n  a: { type: string, pattern: "^b", default: y }\nexpect: {}',
    3,
    /own pattern/,
  ],
  [
    'a pattern that backtracks',
    `options:\n  a: { type: string, pattern: "^([a-z]+)+$", default: "${'host'.repeat(9)}!" }\nexpect: {}`,
    3,
    /finishes matching/,
  ],
  ['a rule about nothing', 'rules: [{ less: [a, b], message: m }]\nexpect: {}', 2, /"a" is no option/],
  [
    'a rule about text',
    'options: { a: { type: string }, b: { type: number } }\nrules: [{ less: [a, b], message: m }]\nexpect: {}',
    3,
    /of type string/,
  ],
  [
    'a rule that defaults break',
    'options: { a: { type: number, default: 2 }, b: { type: number, default: 1 } }\nrules: [{ less: [a, b], message: m }]\nexpect: {}',
    3,
    /own defaults/,
  ],
  ['a range of no metric', 'expect:\n  metrics: [m]\n  ranges: { n: { min: 0, max: 1 } }', 4, /"n" is in neither/],
  [
    'a range by text',
    'options: { a: { type: string } }\nexpect:\n  metrics: [m]\n  ranges: { m: { min: { option: a }, max: 1 } }',
    5,
    /of type string/,
  ],
  ['a range that is empty', 'expect:\n  metrics: [m]\n  ranges: { m: { min: 2, max: 1 } }', 4, /no higher than max/],
  ['a range without numbers', 'expect:\n  metrics: [m]\n  ranges: { m: { min: low, max: 1 } }', 4, /a number or/],
  ['a metric twice', 'expect:\n  metrics: [m, m]', 3, /each name once/],
  ['a state that is none', 'expect:\n  serviceChecks: { a: fine }', 3, /unknown or any/],
]

for (const [title, text, line, said] of wrong)
  test(`fault 65: ${title} is refused with its line`, (t) => {
    const file = temporaryFile(t, `title: t\n${text}\n`, 'check.yaml')
    const error = t.throws(() => readDefinition(file, fixture), { instanceOf: BoxhoundError })
    t.is(error.exitCode, 2)
    t.is(error.details.line, line, error.message)
    t.regex(`${error.message} ${error.details.expected}`, said)
  })

test('what fits together is taken', (t) => {
  const file = temporaryFile(
    t,
    `title: t
options:
  a: { type: integer, minimum: 0, maximum: 9, default: 3 }
  b: { type: number, default: 4 }
  c: { type: string, pattern: "^[a-z]+(-[a-z]+)*$", default: one-two }
rules: [{ less: [a, b], message: m }]
expect:
  metrics: [m]
  rates: [r]
  serviceChecks: { s: unknown }
  ranges: { m: { min: { option: a }, max: { option: b } }, r: { min: 0, max: 1 } }
`,
    'check.yaml',
  )
  t.deepEqual(readDefinition(file, fixture).definition.expect.serviceChecks, { s: 'unknown' })
})

test('a pattern that backtracks ends at its deadline, others tell at once', (t) => {
  t.is(matches('^([a-z]+)+$', `${'host'.repeat(12)}!`), 'slow')
  t.is(matches('^(a|a)*$', `${'a'.repeat(40)}b`), 'slow')
  t.is(matches('^[a-z]+$', 'host'), true)
  t.is(matches('^([a-z]+)+$', 'host'), true)
  t.is(matches('^https?://[^\\s/?#@]+([/?#]\\S*)?$', 'ftp://x'), false)
})
