import test from 'ava'
import fc from 'fast-check'
import { parse } from 'yaml'
import { nasty, render } from '../_render.ts'

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

test('numbers and booleans keep their type', (t) => {
  t.deepEqual(parse(render('a: {{a}}\nb: {{b}}\n', { a: 5050, b: false }, 'yaml')), { a: 5050, b: false })
})

test('characters that an editor could change are escaped', (t) => {
  t.is(render('{{a}}', { a: '\u0085\ufeff\u2028\u0007' }, 'yaml'), '"\\u0085\\ufeff\\u2028\\u0007"')
})
