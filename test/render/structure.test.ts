import { spawnSync } from 'node:child_process'
import test from 'ava'
import fc from 'fast-check'
import { parse } from 'yaml'
import type { OptionValue } from '../../scripts/lib/box/option.ts'
import { structured } from '../../scripts/lib/render/structure.ts'
import { nasty, refused, render, runs } from './_render.ts'

const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one || 0),
)

const { value } = fc.letrec<{ value: OptionValue; list: OptionValue; map: OptionValue }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, nasty, number, fc.boolean(), tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(
    nasty.filter((name) => name !== '__proto__'),
    tie('value'),
    { maxKeys: 4, noNullPrototype: true },
  ),
}))

const shown = (language: 'yaml' | 'json' | 'python', all: OptionValue): string =>
  render(
    language === 'json' ? '{"a": {{options.all}} }' : 'a: {{options.all}}\n',
    { options: structured({ all }) },
    language,
  )

test('any list or map comes back equal through the YAML parser', (t) => {
  fc.assert(
    fc.property(value, (all) => t.deepEqual(parse(shown('yaml', all)), { a: all })),
    runs,
  )
})

test('any list or map comes back equal through JSON', (t) => {
  fc.assert(
    fc.property(value, (all) => t.deepEqual(JSON.parse(shown('json', all)), { a: all })),
    runs,
  )
})

const python = `
import json, sys
print(json.dumps([eval(text[3:]) for text in json.load(sys.stdin)]))
`

test('any list or map comes back equal through Python', (t) => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 20, maxLength: 40 }), (all) => {
      const input = JSON.stringify(all.map((one) => shown('python', one)))
      const { stdout } = spawnSync('python3', ['-c', python], { input, encoding: 'utf8' })
      t.deepEqual(JSON.parse(stdout), all)
    }),
    { numRuns: 5 },
  )
})

test('a number with an exponent is a number to YAML 1.1, which the Agent’s Python reads', (t) => {
  for (const one of [1e-7, 1e21, -2e-9, 1.5e300, 5e-324])
    for (const version of ['1.1', '1.2'] as const) t.is(parse(shown('yaml', [one]), { version }).a[0], one)
  t.is(render('{{a}}', { a: 1e-7 }, 'yaml'), '1.0e-7')
})

test('the form is flow style, and empty collections are complete', (t) => {
  const options = structured({ hosts: ['a', 'no'], limits: { x: 1, 'y z': true }, none: [], nothing: {} })
  const template = 'h: {{options.hosts}}\nl: {{options.limits}}\nn: {{options.none}}\nm: {{options.nothing}}\n'
  t.is(render(template, { options }, 'yaml'), 'h: ["a", "no"]\nl: {"x": 1, "y z": true}\nn: []\nm: {}\n')
})

test('loops, names and conditions work as with any other value', (t) => {
  const options = structured({ hosts: ['a', 'b'], limits: { x: 1 }, targets: [{ host: 'h', paths: ['p'] }], none: [] })
  t.is(render('{{#each options.hosts}}- {{this}}\n{{/each}}', { options }, 'yaml'), '- "a"\n- "b"\n')
  t.is(render('{{#each options.limits}}{{@key}}: {{this}}\n{{/each}}', { options }, 'yaml'), '"x": 1\n')
  t.is(render('{{#each options.targets}}{{host}} {{paths}}{{/each}}', { options }, 'yaml'), '"h" ["p"]')
  t.is(render('{{#if options.none}}x{{else}}y{{/if}}{{join options.hosts "+"}}', { options }), 'ya+b')
})

test('fault 13: a missing name inside an option’s map is told', (t) => {
  const options = structured({ target: { host: 'h' } })
  t.regex(refused(t, 'a: {{options.target.hots}}', { options }, 'yaml').details.next ?? '', /did you mean "host"/)
})

test('fault 14: what holds the options is not printed, nor is any other list', (t) => {
  const context = { options: structured({ a: [1] }), tags: ['x'] }
  refused(t, 'a: {{options}}', context, 'yaml')
  refused(t, 'a: {{tags}}', context, 'yaml')
})

test('where no literal exists or can stand a list is refused, with the way out', (t) => {
  const options = structured({ a: ['x'] })
  for (const language of ['shell', 'sql', 'unit', 'text', 'hcl', 'ruby', 'ini', 'xml'] as const)
    t.regex(refused(t, 'a={{options.a}}', { options }, language).details.found ?? '', /\{\{#each\}\}/)
  t.regex(refused(t, '{{options.a}}: 1', { options }, 'yaml').details.found ?? '', /as a key/)
  t.regex(refused(t, 'a: "{{options.a}}"', { options }, 'yaml').details.found ?? '', /inside quotes/)
})
