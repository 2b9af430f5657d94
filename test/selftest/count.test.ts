import test from 'ava'
import { readCounts } from '../../scripts/lib/selftest/count.ts'

test('TAP is counted by its lines, skips apart', (t) => {
  const output = 'ok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP no Ruby\n  ok 9 - inside\n'
  t.deepEqual(readCounts('tap', output, 1), { passed: 1, failed: 1, skipped: 1 })
})

test('several closing lines of pytest add up, errors count as failures', (t) => {
  const output = '==== 88 passed in 3.68s ====\n=== 2 failed, 5 passed, 1 skipped, 1 error in 0.10s ===\n'
  t.deepEqual(readCounts('pytest', output, 1), { passed: 93, failed: 3, skipped: 1 })
})

test('our own closing line is the last one', (t) => {
  t.deepEqual(readCounts('plain', '9 passed, 10 failed\n19 passed, 0 failed\n', 0), {
    passed: 19,
    failed: 0,
    skipped: 0,
  })
})

test('what is not judged on a machine stands in the closing line and counts as nothing', (t) => {
  const counts = { passed: 17, failed: 0, skipped: 0 }
  t.deepEqual(readCounts('plain', '17 passed, 0 failed, 2 not judged\n', 0), counts)
})

test('a stage that failed without a failed test counts one failure', (t) => {
  t.is(readCounts('tap', 'ok 1 - a\n', 1).failed, 1)
  t.is(readCounts('status', '', null).failed, 1)
})

test('fault 43: a stage that ended well and ran nothing has failed', (t) => {
  for (const reading of ['tap', 'pytest', 'plain'] as const) t.is(readCounts(reading, 'nothing here\n', 0).failed, 1)
})
