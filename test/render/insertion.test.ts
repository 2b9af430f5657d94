// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text for other languages
import test from 'ava'
import type { Language } from '../../scripts/lib/render/rendered-box.ts'
import { refused, render } from './_render.ts'

const value = { a: 'x\nrm -rf /tmp/never', n: 1 }

for (const [language, template] of [
  ['shell', 'echo "{{a}}"'],
  ['shell', "echo '{{a}}'"],
  ['shell', 'echo "port {{n}} of" x'],
  ['shell', 'true # {{a}}'],
  ['shell', '# {{a}}'],
  ['yaml', 'a: "{{a}}"'],
  ['yaml', "a: '{{a}}'"],
  ['yaml', 'a: pre-{{a}}'],
  ['yaml', 'a: {{a}}-post'],
  ['yaml', 'a: {{a}}{{a}}'],
  ['yaml', 'a: b # {{a}}'],
  ['python', 'x = f"{{a}}"'],
  ['python', '# {{a}}'],
  ['python', 'x = a{{n}}'],
  ['hcl', 'x = "a ${ {{a}} }"'],
  ['sql', "SELECT '{{a}}'"],
  ['sql', 'SELECT 1 -- {{a}}'],
  ['ruby', 'x = "{{a}}"'],
  ['json', '{"a": "{{a}}"}'],
] as const satisfies readonly (readonly [Language, string])[])
  test(`a value in ${language} at ${template} is refused`, (t) => {
    t.regex(refused(t, template, value, language).message, /cannot be written here/)
  })

for (const [language, template, expected] of [
  ['shell', 'echo "it\'s" {{n}}', "echo \"it's\" '1'"],
  ['shell', 'echo --port={{n}}', "echo --port='1'"],
  ['shell', 'echo a#b {{n}}', "echo a#b '1'"],
  ['shell', "echo \\\n  'x' {{n}}", "echo \\\n  'x' '1'"],
  ['yaml', "a: it's\nb: {{n}}", "a: it's\nb: 1"],
  ['yaml', 'a: [{{n}}, {{n}}]', 'a: [1, 1]'],
  ['yaml', '{a: {{n}} }', '{a: 1 }'],
  ['yaml', '- {{n}}: {{n}}', '- 1: 1'],
  ['python', 'x = f({{n}})', 'x = f(1)'],
  ['json', '{"a":{{n}} }', '{"a":1 }'],
] as const satisfies readonly (readonly [Language, string, string])[])
  test(`a value in ${language} at ${template} is taken`, (t) => t.is(render(template, value, language), expected))

test('a text file takes values as they are, but no line break', (t) => {
  t.is(render('x={{n}} {{b}}', { n: 1, b: `"'$` }), `x=1 "'$`)
  refused(t, '{{a}}', value)
})
