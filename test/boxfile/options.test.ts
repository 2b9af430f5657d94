import test from 'ava'
import { bare, loadText, refused, where } from './_files.ts'

const check = (options: string) => `${bare}checks:\n  my_metric:\n    options: ${options}\n`

test('options that are not given take their defaults', async (t) => {
  const { checks } = await loadText(t, check('{ max: 5 }'))
  t.deepEqual(checks[0]?.options, { min: 0, max: 5, label: 'plain', mode: 'fast', loud: false })
})

for (const [what, options, message, position] of [
  ['of the wrong type', '{ min: "1" }', 'checks.my_metric.options.min is not valid', '7:21'],
  ['with a fraction', '{ min: 1.5 }', 'checks.my_metric.options.min is not valid', '7:21'],
  ['below its minimum', '{ min: -1001 }', 'checks.my_metric.options.min is not valid', '7:21'],
  ['above its maximum', '{ max: 1001 }', 'checks.my_metric.options.max is not valid', '7:21'],
  ['against its pattern', '{ label: A1 }', 'checks.my_metric.options.label is not valid', '7:23'],
  ['outside its list', '{ mode: slowly }', 'checks.my_metric.options.mode is not valid', '7:22'],
  ['that is no boolean', '{ loud: 1 }', 'checks.my_metric.options.loud is not valid', '7:22'],
  ['that nobody knows', '{ maxx: 1 }', 'unknown key "maxx" in checks.my_metric.options', '7:16'],
] as const)
  test(`an option ${what} is refused at its place in the box file`, async (t) => {
    const error = await refused(t, check(options))
    t.is(error.message, message)
    t.is(where(error), position)
  })

test('swapped bounds are refused with the right order', async (t) => {
  const error = await refused(t, check('{ min: 10, max: 3 }'))
  t.is(error.message, 'checks.my_metric: min must be smaller than max')
  t.is(error.details.next, 'swap them: min: 3, max: 10')
  t.is(where(error), '7:21')
})

test('a bound that breaks a rule with a default is refused, and so are equal bounds', async (t) => {
  t.is((await refused(t, check('{ max: -3 }'))).details.found, 'min: 0, max: -3')
  t.is((await refused(t, check('{ max: 0 }'))).details.next, 'make max larger than min')
})

test('an option without a default must be given', async (t) => {
  const error = await refused(t, `${bare}checks:\n  source: {}\n`)
  t.is(error.message, 'checks.source.options.url is missing')
  t.is(where(error), '6:11')
})
