import test from 'ava'
import { nearest, suggest } from '../../scripts/lib/box/nearest.ts'

const known = ['checks', 'database', 'agent', 'app']

for (const [word, expected] of [
  ['chekcs', 'checks'],
  ['Database', 'database'],
  ['dtabse', 'database'],
  ['agnet', 'agent'],
  ['check', 'checks'],
] as const)
  test(`${word} was meant to be ${expected}`, (t) => t.is(nearest(word, known), expected))

test('a word far from all suggests none', (t) => {
  t.is(nearest('zzzzzzzzz', known), undefined)
  t.is(nearest('x', []), undefined)
})

test('a very long word costs no more than its start', (t) => {
  t.is(nearest('a'.repeat(60_000), known), undefined)
})

test('a suggestion lists what is known', (t) => {
  t.is(suggest('agnet', known), 'did you mean "agent"? known: checks, database, agent, app')
  t.is(suggest('x', []), 'none is known here')
})
