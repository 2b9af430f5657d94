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
  [
    'a default of a list that its items refuse',
    'options:\n  a: { type: list, of: { type: integer, maximum: 3 }, default: [1, 4] }\nexpect: {}',
    3,
    /up to 3/,
  ],
  [
    'a default of a list that is too short',
    'options:\n  a: { type: list, of: { type: string }, minItems: 2, default: [x] }\nexpect: {}',
    3,
    /at least 2 items/,
  ],
  [
    'a list that can have no size',
    'options:\n  a:\n    type: list\n    of: { type: string }\n    minItems: 3\n    maxItems: 2\nexpect: {}',
    6,
    /no higher than maxItems/,
  ],
  ['a list of nothing', 'options:\n  a: { type: list }\nexpect: {}', 3, /./],
  [
    'an item with a default',
    'options:\n  a: { type: list, of: { type: string, default: x } }\nexpect: {}',
    3,
    /no default/,
  ],
  [
    'bounds inside a list',
    'options:\n  a: { type: list, of: { type: number, minimum: 2, maximum: 1 } }\nexpect: {}',
    3,
    /below maximum/,
  ],
  ['a map of nothing', 'options:\n  a: { type: map }\nexpect: {}', 3, /either of/],
  [
    'a map with both',
    'options:\n  a: { type: map, of: { type: string }, fields: { b: { type: string } } }\nexpect: {}',
    3,
    /either of/,
  ],
  ['a map without a field', 'options:\n  a: { type: map, fields: {} }\nexpect: {}', 3, /at least one field/],
  [
    'a default with an unknown field',
    'options:\n  a: { type: map, fields: { b: { type: string } }, default: { b: x, c: y } }\nexpect: {}',
    3,
    /: c/,
  ],
  [
    'names of known fields by a pattern',
    'options:\n  a: { type: map, fields: { b: { type: string } }, keys: "^b$" }\nexpect: {}',
    3,
    /no keys beside fields/,
  ],
  [
    'a rule about a list',
    'options: { a: { type: list, of: { type: number } }, b: { type: number } }\nrules: [{ less: [a, b], message: m }]\nexpect: {}',
    3,
    /of type list/,
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
