import test from 'ava'
import fc from 'fast-check'
import { nasty, output, refused, render, runs } from '../_render.ts'

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

test('a NUL is refused', (t) => {
  refused(t, 'SELECT {{a}}', { a: '\0' }, 'sql')
})
