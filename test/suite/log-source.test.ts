import test from 'ava'
import type { LogExpectation } from '../../scripts/lib/render/rendered-box.ts'
import { judgeLog, type LogReport, sourceTrouble } from '../../suite/box/checks/log-source.ts'
import { recorded } from './_agent.ts'

const file: LogExpectation = {
  name: 'web',
  integration: 'boxhound_web',
  source: { type: 'file', path: '/var/log/x/*.log' },
  trials: [
    { line: 'a {id}', arrives: 'a {id}' },
    { line: 'b {id}', arrives: null },
  ],
}
const port: LogExpectation = { ...file, source: { type: 'tcp', port: 9999 }, trials: file.trials.slice(0, 1) }
const good: LogReport = { where: '/var/log/x/a.log', before: [], after: [], rotation: 'by x', trouble: [], stream: '' }

test('lines that arrive before and after a rotation, and dropped ones, are green', (t) => {
  const verdict = judgeLog(file, good, [])
  t.true(verdict.passed)
  t.is(
    verdict.expected,
    'a line written to /var/log/x/*.log arrives as expected, 1 dropped by a rule, before and after a forced rotation',
  )
  t.is(verdict.observed, '/var/log/x/a.log: 2 tried, rotated by x')
  t.true(judgeLog(port, { ...good, rotation: '' }, []).passed)
})

test('whatever is wrong is told with when it was', (t) => {
  const of = (change: Partial<LogReport>): string => judgeLog(file, { ...good, ...change }, []).observed
  t.is(of({ before: ['did not arrive: a {id}'], rotation: '' }), 'before rotation: did not arrive: a {id}')
  t.is(of({ after: ['did not arrive: a {id}'] }), 'after a forced rotation by x: did not arrive: a {id}')
  t.is(of({ rotation: '' }), 'it was not rotated')
  t.regex(of({ trouble: ['dd-agent: denied'], before: ['x'] }), /x\ndd-agent: denied/)
  t.regex(of({ stream: 'stream-logs ended: x' }), /stream-logs ended/)
  t.is(judgeLog(port, { ...good, rotation: '', before: ['x'] }, ['the Agent: no']).observed, 'x\nthe Agent: no')
})

test('a real Agent’s own word on a source is told', (t) => {
  const status = recorded('keyless')
  t.deepEqual(sourceTrouble(status, file), ['the Agent has no log source boxhound_web'])
  const said = sourceTrouble(status, { ...file, integration: 't_logs' })
  t.true(said.includes('the Agent: Error: open /var/log/tlogs/unreadable.log: permission denied'))
  t.deepEqual(sourceTrouble({}, file), ['the Agent’s log collection is not running'])
})
