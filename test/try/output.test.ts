import test from 'ava'
import { formatOutput } from '../../scripts/lib/try/output.ts'

const runner = { LastError: '', LastWarnings: [] as string[] }

test('metrics with value and tags, service checks with state and message, warnings', (t) => {
  const output = JSON.stringify([
    {
      aggregator: {
        metrics: [{ metric: 'queue.depth', type: 'gauge', points: [[1, 7.5]], tags: ['queue:in'] }],
        service_checks: [{ check: 'queue.up', status: 2, message: 'refused', tags: [] }],
      },
      runner: { ...runner, LastWarnings: ['slow'] },
    },
  ])
  t.is(
    formatOutput(`some text before\n${output}`, ''),
    ['gauge    queue.depth = 7.5  {queue:in}', 'service  queue.up CRITICAL: refused', 'warning  slow'].join('\n'),
  )
})

test('an error is its traceback, out of the JSON inside the string', (t) => {
  const LastError = JSON.stringify([{ message: 'x', traceback: 'Traceback …\nValueError: x\n' }])
  t.is(formatOutput(JSON.stringify([{ runner: { ...runner, LastError } }]), ''), 'Traceback …\nValueError: x')
})

test('several instances are told apart, and one that sends nothing says so', (t) => {
  t.is(
    formatOutput(JSON.stringify([{ runner }, { runner }]), ''),
    'instance 1\nthe check sent nothing\ninstance 2\nthe check sent nothing',
  )
})

test('hundreds of metrics are cut', (t) => {
  const metrics = Array.from({ length: 143 }, (_, index) => ({ metric: `m${index}`, type: 'gauge', points: [[1, 1]] }))
  const lines = formatOutput(JSON.stringify([{ aggregator: { metrics }, runner }]), '').split('\n')
  t.is(lines.length, 41)
  t.is(lines.at(-1), '… and 103 more metrics')
})

test('what is no JSON is shown as it came, the cause on stdout included', (t) => {
  t.is(
    formatOutput('  no module named foo\n', 'Error: no valid check found'),
    'no module named foo\n\nError: no valid check found',
  )
})
