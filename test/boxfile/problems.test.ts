import test from 'ava'
import { formatError } from '../../scripts/lib/_helpers/errors.ts'
import { lineAndColumn, problemsError } from '../../scripts/lib/box/problems.ts'

test('lines and columns start at 1', (t) => {
  t.deepEqual(lineAndColumn('ab\ncd', 0), { line: 1, column: 1 })
  t.deepEqual(lineAndColumn('ab\ncd', 3), { line: 2, column: 1 })
  t.deepEqual(lineAndColumn('ab\ncd', 4), { line: 2, column: 2 })
  t.deepEqual(lineAndColumn('ab\n', 3), { line: 2, column: 1 })
})

test('several problems print as one list that starts where the first one is', (t) => {
  const error = problemsError('boxes/x.yaml', 'a\nb\n', [
    { offset: 2, message: 'second', next: 'do b' },
    { offset: 0, message: 'first', next: 'do a' },
  ])
  t.is(
    formatError(error),
    'boxes/x.yaml:1:1: 2 problems\n  boxes/x.yaml:1:1: first\n    next:     do a\n  boxes/x.yaml:2:1: second\n    next:     do b',
  )
  t.is(error.exitCode, 2)
})

test('fault 22: no part of a problem repeats a key, whoever quoted it', (t) => {
  const key = '0123456789abcdef'.repeat(2)
  const quoted = `has ${key} in it`
  const error = problemsError('x.yaml', '', [
    { offset: 0, message: quoted, expected: quoted, found: quoted, next: quoted },
  ])
  t.false(formatError(error).includes(key))
  t.is(error.details.found, 'has [key] in it')
})
