import test from 'ava'
import { isPattern, matches } from '../../scripts/lib/box/pattern.ts'

const endless = ['^(a+)+$', `${'a'.repeat(40)}!`] as const

test('a text matches or not; a wrong expression is none', (t) => {
  t.true(matches('^a+$', 'aaa'))
  t.false(matches('^a+$', 'b'))
  t.true(isPattern('^a+$'))
  t.false(isPattern('('))
})

test('an expression that backtracks without end is stopped', (t) => {
  t.is(matches(...endless), 'slow')
})

test('what a busy machine kept from computing gets another deadline, and is stopped in the end', (t) => {
  let asked = 0
  // The first attempt did not run at all; the second used its deadline.
  const usage = (before?: NodeJS.CpuUsage): NodeJS.CpuUsage => {
    if (before === undefined) asked += 1
    return { user: before !== undefined && asked > 1 ? 250_000 : 0, system: 0 }
  }
  t.is(matches(...endless, usage), 'slow')
  t.is(asked, 2)
})
