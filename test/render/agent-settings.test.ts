import test from 'ava'
import fc from 'fast-check'
import { parse } from 'yaml'
import type { Settings } from '../../scripts/lib/box/agent.ts'
import { mainConfiguration, mergeSettings, withSettings } from '../../scripts/lib/render/agent-settings.ts'
import type { RenderedLayer } from '../../scripts/lib/render/rendered-box.ts'

const template = '# kept\nsite: "datadoghq.com"\ntags:\n  - "a:b"\nlogs_enabled: true\napm_config:\n  enabled: true\n'

test('maps are merged key by key, lists are replaced, comments stay', (t) => {
  const text = withSettings(template, { apm_config: { errors_per_second: 3, list: [1] }, log_level: 'debug' })
  t.is(text, `${template}  errors_per_second: 3\n  list:\n    - 1\nlog_level: "debug"\n`)
  t.deepEqual(parse(withSettings('a: [1, 2]\n', { a: [3] })), { a: [3] })
  t.deepEqual(parse(withSettings('a: { b: 1 }\n', { a: 'x' })), { a: 'x' })
})

test('text that YAML 1.1 would read as something else stays text, also in names', (t) => {
  const settings = { a: 'no', b: '0644', c: '1:30', d: '2021-01-01', e: 'off', f: '~', yes: 'on', n: { on: 1, '1': 2 } }
  const text = withSettings('x: 1\n', settings)
  t.deepEqual(parse(text, { version: '1.1' }), { x: 1, ...settings })
})

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((one) => !Object.is(one, -0)),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
})).value

test('any settings read back as they were, by YAML 1.1 and 1.2', (t) => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { noNullPrototype: true }), (settings) => {
      const written = withSettings('x: 1\n', settings as Settings)
      for (const version of ['1.1', '1.2'] as const) t.deepEqual(parse(written, { version }), { x: 1, ...settings })
      // A line break of YAML 1.1, or a character that an editor may change.
      t.notRegex(written, /[\x7f-\x9f\u2028\u2029\ufeff]/)
    }),
  )
})

const layer = (content: string): RenderedLayer =>
  ({
    name: 'agent',
    files: [
      { path: mainConfiguration, mode: 0o644, content: Buffer.from(content), source: 's', language: 'yaml' },
      { path: 'etc/other.yaml', mode: 0o644, content: Buffer.from('a: 1\n'), source: 's', language: 'yaml' },
    ],
  }) as unknown as RenderedLayer

test('only datadog.yaml changes, and without settings nothing does', (t) => {
  const before = layer(template)
  t.is(mergeSettings(before, {}, 'box.yaml'), before)
  const after = mergeSettings(before, { log_level: 'warn' }, 'box.yaml')
  t.regex(after.files[0]?.content.toString() ?? '', /log_level: "warn"/)
  t.is(after.files[1], before.files[1])
})

test('what still looks like a secret in the merged file is refused without being shown', (t) => {
  const error = t.throws(() => mergeSettings(layer(template), { x: { password: 'hunter2' } }, 'box.yaml'), {
    code: 'E_SECRET',
  })
  t.notRegex(String(error.message), /hunter2/)
})
