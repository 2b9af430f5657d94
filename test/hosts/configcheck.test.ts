import test from 'ava'
import fc from 'fast-check'
import { parseConfigcheck } from '../../scripts/lib/hosts/configcheck.ts'
import { configcheck } from './_facts.ts'

test('the real Agent’s configcheck: every check, its intervals, its logs', (t) => {
  const found = new Map(parseConfigcheck(configcheck).map((one) => [one.name, one]))
  t.is(found.size, 17)
  t.deepEqual(found.get('my_metric'), { name: 'my_metric', intervals: [45], logs: 0, errors: [] })
  t.deepEqual(found.get('t_two')?.intervals, [30, 30])
  t.deepEqual(found.get('cpu')?.intervals, [undefined])
  t.deepEqual(found.get('t_logs'), { name: 't_logs', intervals: [], logs: 4, errors: [] })
})

test('an interval of init_config holds for instances without one', (t) => {
  const text =
    '=== a check ===\nConfig for instance ID: a:1\n{}\n~\nConfig for instance ID: a:2\nmin_collection_interval: 5\n~\nInit Config:\nmin_collection_interval: 60\n===\n'
  t.deepEqual(parseConfigcheck(text)[0]?.intervals, [60, 5])
})

test('configuration errors belong to their check', (t) => {
  const text =
    '=== Configuration errors ===\n\nmysql: yaml: line 3: bad\n\n=== cpu check ===\nConfig for instance ID: cpu:1\n{}\n~\n===\n'
  const found = parseConfigcheck(text)
  t.deepEqual(found.find(({ name }) => name === 'mysql')?.errors, ['yaml: line 3: bad'])
  t.deepEqual(found.find(({ name }) => name === 'cpu')?.intervals, [undefined])
})

test('colours and Windows line ends don’t matter', (t) => {
  const text =
    '=== \u001b[32mcpu\u001b[0m check ===\r\nConfig for instance ID: cpu:1\r\nmin_collection_interval: 7\r\n~\r\n===\r\n'
  t.deepEqual(parseConfigcheck(text), [{ name: 'cpu', intervals: [7], logs: 0, errors: [] }])
})

test('an interval that is none is unknown', (t) => {
  for (const value of ['0', '-3', 'soon', '[1]', '{}', '.inf'])
    t.deepEqual(
      parseConfigcheck(`=== a check ===\nConfig for instance ID: a:1\nmin_collection_interval: ${value}\n~\n===`)[0]
        ?.intervals,
      [undefined],
      value,
    )
})

test('any text is read to its end', (t) => {
  const line = fc.constantFrom(
    '=== a check ===',
    '===',
    '~',
    'Config for instance ID: a',
    'Log Config:',
    '&a [*a]',
    '- {',
    '=== Configuration errors ===',
    'x: y',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.string())), (lines) => Array.isArray(parseConfigcheck(lines.join('\n')))),
  )
  t.pass()
})
