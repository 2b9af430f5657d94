import test from 'ava'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { parseDuration, parseNumber } from '../../scripts/lib/traffic/options.ts'

test('durations are seconds, minutes, hours, or one after the other', (t) => {
  t.deepEqual(
    ['90s', '3m', '1h', '1h30m', '5s', '24h'].map((text) => parseDuration(text)),
    [90, 180, 3600, 5400, 5, 86_400],
  )
})

test('other durations are refused as wrong usage', (t) => {
  for (const text of ['3', '', 'm', '3min', '-3m', '3 m', '0s', '4s', '25h', '1e3s', '3m!']) {
    const error = t.throws<BoxhoundError>(() => parseDuration(text), undefined, text)
    t.like(error, { code: 'E_USAGE', exitCode: 2 })
    t.is(error?.details.found, text)
  }
})

test('numbers are whole and within their bounds', (t) => {
  t.is(parseNumber('90', '--connections', 1, 1000), 90)
  for (const text of ['0', '1001', '1.5', '-1', 'many', '', '1e2'])
    t.regex(
      t.throws<BoxhoundError>(() => parseNumber(text, '--connections', 1, 1000), undefined, text)?.message ?? '',
      /--connections/,
    )
})
