import test from 'ava'
import fc from 'fast-check'
import { output, render, runs, values } from '../_render.ts'

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

test('numbers and booleans keep their type', (t) => {
  const script = render('print([{{a}}, {{b}}, {{c}}])', { a: 5050, b: true, c: 0.5 }, 'python')
  t.is(output('python3', ['-'], script).toString(), '[5050, True, 0.5]\n')
})
