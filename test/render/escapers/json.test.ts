import test from 'ava'
import fc from 'fast-check'
import { nasty, render } from '../_render.ts'

test('fault 16: any value comes back byte for byte through JSON', (t) => {
  fc.assert(
    fc.property(nasty, (a) => {
      t.deepEqual(JSON.parse(render('{"a": {{a}}, "b": {{b}} }', { a, b: 1.5 }, 'json')), { a, b: 1.5 })
    }),
    { numRuns: 200 },
  )
})
