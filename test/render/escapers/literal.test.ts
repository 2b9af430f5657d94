// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text for other languages
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { parse } from 'yaml'
import { has, nasty, output, refused, render, runs, temporaryFolder, values } from '../_render.ts'

test('fault 16: any value comes back byte for byte through bash and through sh', (t) => {
  fc.assert(
    fc.property(values, (all) => {
      const script = render("printf '%s\\0' {{#each all}}{{this}} {{/each}}\n", { all }, 'shell')
      for (const shell of ['bash', 'sh'])
        t.deepEqual(output(shell, [], script).toString('utf8').split('\0').slice(0, -1), all)
    }),
    runs,
  )
})

test('fault 16: the value of the fault list is one word and runs nothing', (t) => {
  const value = `x; rm -rf /tmp/never "a" 'b' $(echo ran)\n\`echo ran\``
  t.is(output('bash', [], render("printf '%s' {{value}}", { value }, 'shell')).toString(), value)
})

test('fault 10: a NUL is refused in shell', (t) => {
  t.regex(refused(t, 'x={{a}}', { a: 'a\0b' }, 'shell').details.found ?? '', /NUL/)
})

test('fault 19: a value that starts with a dash is one word, which the command must guard with --', (t) => {
  t.is(render('rm -- {{name}}', { name: '-rf' }, 'shell'), "rm -- '-rf'")
})

test('fault 16: any value comes back byte for byte through the YAML parser', (t) => {
  fc.assert(
    fc.property(nasty, nasty, (a, b) => {
      t.deepEqual(parse(render('{{a}}: {{b}}\nlist: [{{a}}, {{b}}]\n', { a: `k${a}`, b }, 'yaml')), {
        [`k${a}`]: b,
        list: [`k${a}`, b],
      })
    }),
    { numRuns: 200 },
  )
})

test('words that YAML 1.1 takes for something else stay text', (t) => {
  for (const word of ['no', 'on', '012', '1.0', '~', '', '1:30', '2026-11-20', 'null'])
    for (const version of ['1.1', '1.2'] as const) t.is(parse(render('{{word}}', { word }, 'yaml'), { version }), word)
})

test('numbers and booleans keep their type in YAML', (t) => {
  t.deepEqual(parse(render('a: {{a}}\nb: {{b}}\n', { a: 5050, b: false }, 'yaml')), { a: 5050, b: false })
})

test('characters that an editor could change are escaped', (t) => {
  t.is(render('{{a}}', { a: '\u0085\ufeff\u2028\u0007' }, 'yaml'), '"\\u0085\\ufeff\\u2028\\u0007"')
})

test('fault 16: any value comes back byte for byte through JSON', (t) => {
  fc.assert(
    fc.property(nasty, (a) => {
      t.deepEqual(JSON.parse(render('{"a": {{a}}, "b": {{b}} }', { a, b: 1.5 }, 'json')), { a, b: 1.5 })
    }),
    { numRuns: 200 },
  )
})

const packerTemplate = `locals {
  values = [{{#each all}}{{this}}, {{/each}}]
}
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["null.x"]
  provisioner "shell-local" {
    inline = ["echo VALUES=\${base64encode(jsonencode(local.values))}"]
  }
}
`

/** What Packer itself makes of the literals. */
const throughPacker = (folder: string, all: readonly string[]): unknown => {
  writeFileSync(join(folder, 'x.pkr.hcl'), render(packerTemplate, { all }, 'hcl'))
  const { stdout, stderr } = spawnSync('packer', ['build', '-color=false', folder], {
    encoding: 'utf8',
    env: { ...process.env, CHECKPOINT_DISABLE: '1' },
  })
  const [, encoded] = /VALUES=(\S+)/.exec(stdout) ?? []
  if (encoded === undefined) throw new Error(`packer: ${stdout}${stderr}`)
  return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'))
}

const withPacker = has('packer') ? test : test.skip

withPacker('fault 16: any value comes back byte for byte through Packer', (t) => {
  const folder = temporaryFolder(t)
  // HCL normalises text to NFC (its specification says so): a value that isn't in that form can't be told apart from one that is.
  const normal = nasty.map((value) => value.normalize('NFC'))
  fc.assert(
    fc.property(fc.array(normal, { minLength: 50, maxLength: 50 }), (all) => {
      t.deepEqual(throughPacker(folder, all), all)
    }),
    { numRuns: 4, endOnFailure: true },
  )
})

withPacker('fault 17: interpolations of HCL stay literal', (t) => {
  const all = ['${env("HOME")}', '%{ if true }x%{ endif }', '$${x}', '$$${x}', '%%{x}', '$', '%', '${', 'a$']
  t.deepEqual(throughPacker(temporaryFolder(t), all), all)
})

test('fault 17: the start of an interpolation is doubled', (t) => {
  t.is(render('x = {{a}}', { a: '${env("HOME")}%{' }, 'hcl'), 'x = "$${env(\\"HOME\\")}%%{"')
})

test('fault 16: any value comes back byte for byte through Python', (t) => {
  fc.assert(
    fc.property(values, (all) => {
      const script = render(
        'import sys\nsys.stdout.buffer.write(b"\\0".join(v.encode() for v in [{{#each all}}{{this}}, {{/each}}]))\n',
        { all },
        'python',
      )
      t.deepEqual(output('python3', ['-'], script).toString('utf8').split('\0'), all)
    }),
    runs,
  )
})

test('numbers and booleans keep their type in Python', (t) => {
  const script = render('print([{{a}}, {{b}}, {{c}}])', { a: 5050, b: true, c: 0.5 }, 'python')
  t.is(output('python3', ['-'], script).toString(), '[5050, True, 0.5]\n')
})

const withRuby = has('ruby') ? test : test.skip

withRuby('fault 16: any value comes back byte for byte through Ruby', (t) => {
  fc.assert(
    fc.property(values, (all) => {
      const script = render(
        '# encoding: utf-8\n$stdout.binmode\nprint [{{#each all}}{{this}}, {{/each}}].join("\\0")\n',
        { all },
        'ruby',
      )
      t.deepEqual(output('ruby', ['-'], script).toString('utf8').split('\0'), all)
    }),
    runs,
  )
})

test('fault 16: no interpolation of Ruby survives', (t) => {
  t.is(render('x = {{a}}', { a: '#{`id`} #$0 #@a "\\\n' }, 'ruby'), 'x = "\\#{`id`} \\#$0 \\#@a \\"\\\\\\n"')
})

/** SQLite speaks standard SQL: what MySQL does under NO_BACKSLASH_ESCAPES. */
const throughSqlite = (statement: string): unknown =>
  JSON.parse(
    output(
      'python3',
      [
        '-c',
        'import json, sqlite3, sys\nprint(json.dumps(sqlite3.connect(":memory:").execute(sys.stdin.buffer.read().decode()).fetchone()))',
      ],
      statement,
    ).toString('utf8'),
  )

test('fault 16: any value without a backslash comes back byte for byte through standard SQL', (t) => {
  const plain = nasty.map((value) => value.replaceAll('\\', ''))
  fc.assert(
    fc.property(fc.array(plain, { minLength: 25, maxLength: 25 }), (all) => {
      t.deepEqual(
        throughSqlite(render('SELECT {{#each all}}{{this}}{{#unless @last}}, {{/unless}}{{/each}}', { all }, 'sql')),
        all,
      )
    }),
    runs,
  )
})

test('fault 16: a value with a backslash is written in hexadecimal, which no mode of MySQL reads differently', (t) => {
  fc.assert(
    fc.property(nasty, (value) => {
      const literal = render('{{value}}', { value: `${value}\\` }, 'sql')
      const [, hex = ''] = /^_utf8mb4 X'((?:[0-9A-F]{2})+)'$/.exec(literal) ?? []
      t.is(Buffer.from(hex, 'hex').toString('utf8'), `${value}\\`)
    }),
  )
})

test('a NUL is refused in SQL', (t) => {
  refused(t, 'SELECT {{a}}', { a: '\0' }, 'sql')
})
