import test from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'

test('an error tells where, what was expected, what was found and what to do next', (t) => {
  const error = new BoxhoundError('E_X', 'the port is no number', {
    file: 'boxes/lab.yaml',
    line: 3,
    column: 7,
    expected: 'a port',
    found: '"<3306>"',
    next: 'write 3306',
    exitCode: 2,
  })
  t.is(error.exitCode, 2)
  t.is(
    formatError(error),
    [
      'boxes/lab.yaml:3:7: the port is no number',
      '  expected: a port',
      '  found:    "<3306>"',
      '  next:     write 3306',
    ].join('\n'),
  )
})

test('what is not known is not shown, and work that fails ends with 1', (t) => {
  const error = new BoxhoundError('E_X', 'failed', { file: 'a', column: 3 })
  t.is(formatError(error), 'a: failed')
  t.is(error.exitCode, 1)
})

test('an error that nobody foresaw shows where it came from', (t) => {
  t.regex(formatError(new TypeError('odd')), /TypeError: odd\n\s+at .*errors\.test\.ts/)
  t.is(formatError('thrown text'), 'thrown text')
})
