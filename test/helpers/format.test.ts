import test from 'ava'
import { formatBytes, formatSeconds } from '../../scripts/lib/_helpers/format.ts'

test('bytes are shown in decimal units, short ones with one digit more', (t) => {
  t.deepEqual([0, 999, 1000, 4049, 331_000_000, 1_234_567_890, 5e15].map(formatBytes), [
    '0 B',
    '999 B',
    '1.0 kB',
    '4.0 kB',
    '331 MB',
    '1.2 GB',
    '5000 TB',
  ])
})

test('rounding never makes a thousand of a unit', (t) => {
  t.is(formatBytes(999_999), '1.0 MB')
  t.is(formatBytes(9_960), '10 kB')
})

test('seconds are shown as they are spoken', (t) => {
  t.deepEqual([0.044, 7.34, 59.94, 112, 60].map(formatSeconds), ['0.04 s', '7.3 s', '59.9 s', '1 m 52 s', '1 m 0 s'])
})

test('rounding never makes sixty seconds of a minute', (t) => {
  t.is(formatSeconds(59.97), '1 m 0 s')
  t.is(formatSeconds(119.7), '2 m 0 s')
  t.is(formatSeconds(0.999), '1.0 s')
})
