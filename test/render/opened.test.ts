// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text for other languages
import test from 'ava'
import type { Language } from '../../scripts/lib/render/rendered-box.ts'
import { refused, render } from './_render.ts'

const value = { a: 'x"\n\'$(id)\nEOF\n', n: 1, items: ['y'] }

for (const [language, template] of [
  ['shell', 'cat <<EOF\nport {{a}}\nEOF\n'],
  ['shell', "cat <<'EOF' >file\n{{a}}\nEOF\n"],
  ['shell', 'cat <<-"EOF"\n\tx\n\t{{a}}\n\tEOF\n'],
  ['shell', 'cat <<\\EOF\n{{a}}\nEOF\n'],
  ['shell', 'cat <<A <<B\none\nA\n{{a}}\nB\n'],
  ['shell', "printf '%s\n{{a}}' x\n"],
  ['shell', 'echo "one\n {{a}}\n"\n'],
  ['shell', 'x=$(cat <<EOF\n{{n}}\nEOF\n)\n'],
  ['shell', "echo $'one\\'\n{{a}}'\n"],
  ['shell', 'cat <<EOF\n{{#if n}}\n{{a}}\n{{/if}}\nEOF\n'],
  ['shell', 'cat <<EOF\n{{#each items}}\n{{this}}\n{{/each}}\nEOF\n'],
  ['python', 'x = """\n{{a}}\n"""\n'],
  ['python', "x = '''one\n{{a}}'''\n"],
  ['yaml', 'a: |\n  {{a}}\n'],
  ['yaml', 'a: >-\n  one\n  two {{a}}\n'],
  ['yaml', 'a: |2\n  one\n\n  {{a}}\n'],
  ['yaml', '- a: |\n    one\n    {{a}}\n'],
  ['yaml', '- |\n  {{a}}\n'],
  ['yaml', 'a: !t |\n  {{a}}\n'],
  ['yaml', 'a: "one\n  {{a}}"\n'],
  ['yaml', "a: 'one\n  two {{a}}'\n"],
  ['yaml', 'a: one\n  {{a}}\n'],
  ['yaml', '- one\n  {{a}}\n'],
  ['hcl', 'x = <<EOT\n{{a}}\nEOT\n'],
  ['hcl', 'x = <<-EOT\n  {{a}}\n  EOT\n'],
  ['hcl', '/* one\n{{a}} */\n'],
  ['ruby', 'x = <<~TEXT\n  {{a}}\nTEXT\n'],
  ['ruby', 'x = "one\n{{a}}"\n'],
  ['ruby', 'x = 1\n=begin\n{{a}}\n=end\n'],
  ['sql', "SELECT 'one\n{{a}}'\n"],
  ['sql', '/* one\n{{a}}\n*/\n'],
  ['xml', '<a><!-- one\n{{n}} --></a>'],
  ['xml', '<a><![CDATA[\n{{n}}]]></a>'],
  ['apt-conf', '/* one\n{{n}} */\n'],
  ['apt-conf', 'A "one\n{{n}}";\n'],
] as const satisfies readonly (readonly [Language, string])[])
  test(`a value in ${language} at ${JSON.stringify(template)} is refused`, (t) => {
    const error = refused(t, template, value, language)
    t.regex(error.message, /cannot be written here/)
    t.regex(error.details.found ?? '', /multi-line|here-document|block scalar|comment|CDATA/)
  })

for (const [language, template] of [
  ['shell', 'cat <<EOF\none\nEOF\necho {{n}}\n'],
  ['shell', "# it's\necho {{n}}\n"],
  ['shell', 'echo "it\'s" # "\necho {{n}}\n'],
  ['shell', "echo 'one\ntwo'\necho {{n}}\n"],
  ['shell', 'cat <<<"x"\necho {{n}}\n'],
  ['shell', 'x=${y#"a"} z=$#\necho {{n}}\n'],
  ['shell', 'echo "$(printf \'%s\' "x")" \\\n  {{n}}\n'],
  ['shell', "cat <<A <<'B'\none '\nA\ntwo \"\nB\necho {{n}}\n"],
  ['shell', 'x=1\n{{#each items}}\necho {{this}}\n{{/each}}\n'],
  ['python', '"""it\'s\n"""\nx = {{n}}\n'],
  ['python', "x = 'a'  # it's\ny = {{n}}\n"],
  ['yaml', 'a: |\n  one\nb: {{n}}\n'],
  ['yaml', 'a:\n  - b: |\n      one\n    c: {{n}}\n'],
  ['yaml', '- |\n  one\n- {{n}}\n'],
  ['yaml', 'a:\n  {{n}}\n'],
  ['yaml', 'a:\n  - {{n}}\n'],
  ['yaml', 'a: [\n  {{n}},\n  {{n}}\n]\n'],
  ['yaml', "a: it's\nb: don't\nc: {{n}}\n"],
  ['yaml', '# it\'s "\na: {{n}}\n'],
  ['yaml', 'a:\n{{#each items}}\n  - {{this}}\n{{/each}}\nb: {{n}}\n'],
  ['yaml', 'a: x > y\nb: {{n}}\n'],
  ['hcl', 'x = <<EOT\none "\nEOT\ny = {{n}}\n'],
  ['hcl', '# it\'s "\nx = {{n}}\n'],
  ['ruby', "x = <<~TEXT\n  it's\nTEXT\ny = {{n}}\n"],
  ['sql', "/* it's */\nSELECT {{n}}; -- it's\nSELECT {{n}}\n"],
  ['xml', '<a>{{!-- <!-- --}}\n  <b c="{{n}}"/></a>'],
  ['apt-conf', '// it "\n/* " */\nA {{n}};\n'],
] as const satisfies readonly (readonly [Language, string])[])
  test(`a value in ${language} at ${JSON.stringify(template)} is taken`, (t) => {
    t.notThrows(() => render(template, value, language))
  })
