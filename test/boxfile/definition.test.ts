import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { readDefinition } from '../../scripts/lib/box/definition.ts'
import { fixture, temporaryFile } from './_files.ts'

const head = 'title: X\nexpect: { metrics: [x] }\n'

test('a definition gets its defaults', (t) => {
  const { definition } = readDefinition(temporaryFile(t, head), fixture)
  t.is(definition.interval, 15)
  t.deepEqual(definition.options, {})
  t.deepEqual(definition.expect, {
    metrics: ['x'],
    rates: [],
    serviceChecks: [],
    tags: [],
    warnings: 'none',
    ranges: {},
  })
})

test('warnings are none, all, or those of a list with reasons', (t) => {
  const read = (warnings: string) =>
    readDefinition(temporaryFile(t, `title: X\nexpect: { metrics: [x], warnings: ${warnings} }\n`), fixture).definition
      .expect.warnings
  t.is(read('allowed'), 'allowed')
  t.deepEqual(read("[{ pattern: '^old', reason: nothing newer }]"), [{ pattern: '^old', reason: 'nothing newer' }])
})

for (const [what, text, message] of [
  ['a broken pattern of a warning', 'title: X\nexpect: { warnings: [{ pattern: "(", reason: r }] }\n', /warnings/],
  ['an allowed warning without a reason', 'title: X\nexpect: { warnings: [{ pattern: x }] }\n', /warnings/],
  ['an empty list of warnings', 'title: X\nexpect: { warnings: [] }\n', /warnings/],
  ['an unknown word for warnings', 'title: X\nexpect: { warnings: some }\n', /expect\.warnings/],
  ['an unknown key', `${head}optoins: {}\n`, /unknown key "optoins"/],
  ['an unknown type', `${head}options: { a: { type: int } }\n`, /options\.a/],
  [
    'a key that the type does not have',
    `${head}options: { a: { type: boolean, minimum: 1 } }\n`,
    /unknown key "minimum"/,
  ],
  ['a broken pattern', `${head}options: { a: { type: string, pattern: "(" } }\n`, /options\.a\.pattern/],
  ['a rule about an option that is none', `${head}rules: [{ less: [a, b], message: m }]\n`, /rules/],
  [
    'a range by an option that is none',
    'title: X\nexpect: { ranges: { x: { min: { option: a }, max: 1 } } }\n',
    /ranges\.x\.min/,
  ],
] as const)
  test(`a definition with ${what} is refused`, (t) => {
    const error = t.throws(() => readDefinition(temporaryFile(t, text, 'check.yaml'), fixture), {
      instanceOf: BoxhoundError,
    })
    t.regex(error.message, message)
    t.regex(error.details.file ?? '', /check\.yaml$/)
  })
