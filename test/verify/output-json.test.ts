import test from 'ava'
import { jsonIn } from '../../scripts/lib/verify/output-json.ts'

test('text before the document is skipped', (t) => {
  t.deepEqual(jsonIn('Error: something [not json]\n=== {x} ===\n[{"a": 1}]\n'), [{ a: 1 }])
})

test('an empty list is a document', (t) => {
  t.deepEqual(jsonIn('text\n[]\n'), [])
})

test('a document that is cut off is none', (t) => {
  t.is(jsonIn('[{"a": 1}, {"b"'), undefined)
})

test('text alone is none', (t) => {
  t.is(jsonIn('Error: no valid check found'), undefined)
})
