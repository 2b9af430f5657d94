import test from 'ava'
import { judgeOff } from '../../suite/box/checks/agent-check-off.ts'
import { recorded } from './_agent.ts'

const running = { runnerStats: { Checks: { cpu: { 'cpu:1': { Interval: 15, TotalRuns: 2 } } } } }

test('a check that is switched off is neither run nor loaded', (t) => {
  t.true(judgeOff('ntp', running, 5).passed)
  const red = judgeOff('cpu', running, 5)
  t.deepEqual([red.passed, red.final, red.observed], [false, true, 'it runs cpu:1'])
  const errors = { ...running, checkSchedulerStats: { LoaderErrors: { ntp: { 'Python Check Loader': 'no module' } } } }
  t.regex(judgeOff('ntp', errors, 5).observed, /tried to load ntp: no module/)
})

test('before any check has run, absence proves nothing', (t) => {
  const { passed, final } = judgeOff('ntp', {}, 5)
  t.deepEqual([passed, final], [false, undefined])
  t.true(judgeOff('ntp', {}, 31).passed)
})

test('a real Agent’s status is understood', (t) => {
  const status = recorded('box-keyed')
  const [name = ''] = Object.keys(status.runnerStats?.Checks ?? {})
  t.false(judgeOff(name, status, 100).passed)
  t.true(judgeOff('not_there', status, 100).passed)
})
