import test from 'ava'
import { excerpt } from '../../scripts/lib/selftest/excerpt.ts'

test('of TAP every failed test is shown with its diagnostics, however much came after it', (t) => {
  const passed = Array.from({ length: 200 }, (_, index) => `ok ${index + 10} - passed`).join('\n')
  const output = `ok 1 - a\nnot ok 2 - b\n  ---\n    name: AssertionError\n  ...\nnot ok 3 - c\n${passed}\n1..209\n`
  t.deepEqual(excerpt('tap', output), ['not ok 2 - b', '  ---', '    name: AssertionError', '  ...', 'not ok 3 - c'])
})

test('of anything else, and of TAP without a failed test, the last lines are shown', (t) => {
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`)
  t.deepEqual(excerpt('plain', `${lines.join('\n')}\n\n`), lines.slice(40))
  t.deepEqual(excerpt('tap', 'ok 1 - a\nthe runner crashed\n'), ['ok 1 - a', 'the runner crashed'])
})
