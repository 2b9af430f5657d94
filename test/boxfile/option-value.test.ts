import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { bare, fixture, temporaryFile, where } from './_files.ts'

const definition = `title: t
options:
  hosts: { type: list, of: { type: string, pattern: "^[a-z.]+$" }, minItems: 1, maxItems: 3, unique: true, default: [localhost] }
  ports: { type: map, of: { type: integer, minimum: 1, maximum: 65535 }, keys: "^[a-z]+$", default: {} }
  targets:
    type: list
    of: { type: map, fields: { host: { type: string }, port: { type: integer, default: 80 }, paths: { type: list, of: { type: string }, default: [] } } }
    default: []
expect: {}
`

/** A box with one check, whose folder lies beside the box file. */
const loadWith = (t: ExecutionContext, options: string, checkYaml = definition) => {
  const file = temporaryFile(t, `${bare}checks:\n  many:\n    options:\n${options.replaceAll(/^/gm, '      ')}\n`)
  const folder = join(dirname(file), 'checks/many')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'check.yaml'), checkYaml)
  return loadBox(file, fixture)
}

test('lists and maps are taken, and fields get their defaults at every depth', async (t) => {
  const { checks } = await loadWith(t, 'ports: { http: 80 }\ntargets: [{ host: a }, { host: b, port: 1, paths: [x] }]')
  t.deepEqual(checks[0]?.options, {
    hosts: ['localhost'],
    ports: { http: 80 },
    targets: [
      { host: 'a', port: 80, paths: [] },
      { host: 'b', port: 1, paths: ['x'] },
    ],
  })
})

test('odd but valid values are kept: empty collections, names of an object’s own, numbers as names', async (t) => {
  const free = 'title: t\noptions:\n  m: { type: map, of: { type: list, of: { type: boolean } } }\nexpect: {}\n'
  const { checks } = await loadWith(t, 'm: { constructor: [], toString: [true], "a b": [false], 8080: [] }', free)
  t.deepEqual(checks[0]?.options, { m: { 8080: [], constructor: [], toString: [true], 'a b': [false] } })
})

for (const [what, options, message, position, hint] of [
  ['text for a list', 'hosts: a.b', 'checks.many.options.hosts is not valid', '8:14', /write a list/],
  ['an item of the wrong type', 'hosts:\n  - a\n  - 5', 'checks.many.options.hosts[1] is not valid', '10:11', /./],
  ['an empty item', 'hosts: [a, ~]', 'checks.many.options.hosts[1] is not valid', '8:18', /./],
  ['an empty list', 'hosts: []', 'checks.many.options.hosts is not valid', '8:14', /./],
  ['too many items', 'hosts: [a, b, c, d]', 'checks.many.options.hosts is not valid', '8:14', /./],
  ['an item twice', 'hosts: [a, b, a]', 'checks.many.options.hosts[2] is not valid', '8:21', /remove it/],
  ['a map for a list', 'hosts: { a: b }', 'checks.many.options.hosts is not valid', '8:14', /./],
  ['a list for a map', 'ports: [80]', 'checks.many.options.ports is not valid', '8:14', /write a map/],
  ['a value above its maximum', 'ports: { a: 70000 }', 'checks.many.options.ports.a is not valid', '8:19', /./],
  ['a quoted number', 'ports: { a: "80" }', 'checks.many.options.ports.a is not valid', '8:19', /remove the quotes/],
  [
    'a name against the pattern',
    'ports: { A1: 80 }',
    'checks.many.options.ports.A1 is not a valid name',
    '8:16',
    /rename/,
  ],
  [
    'an unknown field',
    'targets: [{ host: a, prt: 1 }]',
    'unknown key "prt" in checks.many.options.targets[0]',
    '8:28',
    /did you mean "port"/,
  ],
  ['a missing field', 'targets:\n  - port: 1', 'checks.many.options.targets[0].host is missing', '9:11', /add/],
  ['text for a map of fields', 'targets: [a]', 'checks.many.options.targets[0] is not valid', '8:17', /write a map/],
  ['nothing at all', 'hosts:', 'checks.many.options.hosts is not valid', '8:7', /./],
] as const)
  test(`${what} is refused at its place in the box file`, async (t) => {
    const error = await t.throwsAsync(loadWith(t, options), { instanceOf: BoxhoundError })
    t.is(error.message, message)
    t.is(where(error), position)
    t.is(error.exitCode, 2)
    t.regex(error.details.next ?? '', hint)
  })

test('the size that a list must have is said in words', async (t) => {
  const expected = async (sizes: string, options: string) =>
    (
      await t.throwsAsync(
        loadWith(t, options, `title: t\noptions:\n  a: { type: list, of: { type: number }, ${sizes} }\nexpect: {}\n`),
        { instanceOf: BoxhoundError },
      )
    ).details.expected
  t.is(await expected('minItems: 1', 'a: []'), 'a list of at least 1 item')
  t.is(await expected('maxItems: 1', 'a: [1, 2]'), 'a list of at most 1 item')
  t.is(await expected('minItems: 2, maxItems: 2', 'a: [1]'), 'a list of exactly 2 items')
  t.is(await expected('minItems: 2, maxItems: 3', 'a: [1]'), 'a list of 2 to 3 items')
})

test('a name that JavaScript’s objects lose is refused, not dropped', async (t) => {
  const free = 'title: t\noptions:\n  m: { type: map, of: { type: number } }\nexpect: {}\n'
  const error = await t.throwsAsync(loadWith(t, 'm: { __proto__: 1, b: 2 }', free), { instanceOf: BoxhoundError })
  t.is(where(error), '8:12')
})
