import test from 'ava'
import { hasKey } from '../../scripts/lib/verify/keyed.ts'
import { loadErrors } from '../../scripts/lib/verify/load-errors.ts'
import { readObservation } from '../../suite/box/agent.ts'
import { type AgentStatus, instancesRun, tailProblems } from '../../suite/box/agent-status.ts'
import { judgeCheck } from '../../suite/box/check-verdict.ts'
import { judgeInterval } from '../../suite/box/checks/agent-check-interval.ts'
import { judgeRunning } from '../../suite/box/checks/agent-running.ts'
import { judgeKeys } from '../../suite/box/checks/agent-unkeyed.ts'
import { judgeVersion } from '../../suite/box/checks/agent-version.ts'
import { lab } from '../verify/_expectations.ts'
import { recorded, sample } from './_agent.ts'

const [myMetric] = lab.checks
if (myMetric === undefined) throw new Error('no check to expect')

const metric = (value: number, tags = ['check:my_metric']) => ({
  metric: 'my_metric',
  points: [[1, value]],
  tags,
  type: 'gauge',
})
const good = { aggregator: { metrics: [metric(5)] }, runner: { TotalErrors: 0, LastError: '', LastWarnings: [] } }
const output = (...instances: unknown[]) => ({
  code: 0,
  stdout: `=== Text [1] ===\n${JSON.stringify(instances)}\n`,
  stderr: '',
})

test('a check that works passes, whatever text stands before its JSON', (t) => {
  t.true(judgeCheck(myMetric, output(good)).passed)
})

const bad: readonly [title: string, instance: unknown, said: RegExp][] = [
  [
    'a check that raised fails although it exited 0',
    { ...good, runner: { TotalErrors: 1, LastError: JSON.stringify([{ message: 'boom', traceback: 'x' }]) } },
    /error: boom/,
  ],
  ['errors without a text fail', { ...good, runner: { TotalErrors: 2, LastError: '' } }, /2 errors/],
  [
    'a critical service check fails',
    { ...good, aggregator: { ...good.aggregator, service_checks: [{ check: 'x.up', status: 2, message: '' }] } },
    /x\.up has status 2/,
  ],
  ['an absent metric fails', { ...good, aggregator: {} }, /missing metrics: my_metric/],
  [
    'an absent tag fails',
    { ...good, aggregator: { metrics: [metric(5, ['other'])] } },
    /lacks the tag check:my_metric/,
  ],
  ['a value outside its range fails', { ...good, aggregator: { metrics: [metric(1001)] } }, /my_metric is 1001/],
  ['a warning fails where none is allowed', { ...good, runner: { LastWarnings: ['careful'] } }, /warning: careful/],
]
for (const [title, instance, said] of bad) {
  test(title, (t) => {
    const verdict = judgeCheck(myMetric, output(instance))
    t.false(verdict.passed)
    t.regex(verdict.observed, said)
  })
}

test('a check that is missing fails with the Agent’s words', (t) => {
  const verdict = judgeCheck(myMetric, { code: 255, stdout: '', stderr: 'Error: no valid check found\n' })
  t.false(verdict.passed)
  t.regex(verdict.observed, /255: Error: no valid check found/)
})

test('no instance and no JSON fail', (t) => {
  t.regex(judgeCheck(myMetric, output()).observed, /no instance ran/)
  t.regex(judgeCheck(myMetric, { code: 0, stdout: 'fine\n', stderr: '' }).observed, /not the JSON of a check run: fine/)
})

test('an expected service check that is absent fails', (t) => {
  t.regex(judgeCheck({ ...myMetric, serviceChecks: ['x.up'] }, output(good)).observed, /missing service check: x\.up/)
})

test('warnings are told, and pass where they are allowed', (t) => {
  const verdict = judgeCheck(
    { ...myMetric, warnings: 'allowed' },
    output({ ...good, runner: { LastWarnings: ['careful'] } }),
  )
  t.true(verdict.passed)
  t.regex(verdict.observed, /careful/)
})

const scheduled = (Interval: number, TotalRuns: number): AgentStatus => ({
  runnerStats: { Checks: { my_metric: { 'my_metric:f2f7a6423b31b60e': { Interval, TotalRuns } } } },
})

test('an interval is judged in nanoseconds', (t) => {
  t.true(judgeInterval('my_metric', 45, scheduled(45_000_000_000, 1), 10).passed)
  t.regex(judgeInterval('my_metric', 45, scheduled(15_000_000_000, 1), 10).observed, /runs every 15 s/)
})

test('a schedule that runs more often than its interval shows itself', (t) => {
  t.true(judgeInterval('my_metric', 45, scheduled(45_000_000_000, 3), 95).passed)
  t.regex(judgeInterval('my_metric', 45, scheduled(45_000_000_000, 4), 95).observed, /4 times in 95 s/)
})

test('a check that never ran or is not scheduled fails', (t) => {
  t.regex(judgeInterval('my_metric', 45, scheduled(45_000_000_000, 0), 10).observed, /not run yet/)
  t.regex(judgeInterval('other', 45, scheduled(45_000_000_000, 1), 10).observed, /no instance of other/)
})

test('version, package and hold are judged', (t) => {
  const version = (text: string) => ({
    version: text,
    package: { command: [], version: `1:${text}-1`, state: 'hi' },
  })
  t.true(judgeVersion(version('7.83.0+lab'), '7.83.0+lab', '1:7.83.0+lab-1 hi \n').passed)
  t.regex(judgeVersion(version('7.83.0'), '7.82.0', '1:7.83.0-1 hi').observed, /running Agent reports 7\.82\.0/)
  t.regex(judgeVersion(version('7.83.0'), '7.83.0', '1:7.82.0-1 hi').observed, /version 1:7\.82\.0-1/)
  t.regex(judgeVersion(version('7.83.0'), '7.83.0', '1:7.83.0-1 ii').observed, /"ii"/)
  t.false(judgeVersion(version('7.83.0'), undefined, '').passed)
})

const environment = { file: '/etc/datadog-agent/environment', setting: 'DD_API_KEY', length: 32 }

test('a key belongs nowhere when none was given', (t) => {
  t.true(judgeKeys([], false).passed)
  t.false(judgeKeys([environment], false).passed)
})

test('a key that was given stands in the environment file and nowhere else', (t) => {
  t.true(judgeKeys([environment], true).passed)
  t.false(judgeKeys([], true).passed)
  t.false(judgeKeys([environment, { ...environment, file: '/etc/datadog-agent/datadog.yaml' }], true).passed)
  t.true(judgeKeys([], null).passed)
})

const source = { configuration: { Path: '/var/log/x.log' }, status: 'OK', inputs: ['/var/log/x.log'] }
const following = (over: object, running = true): AgentStatus => ({
  logsStats: { is_running: running, integrations: [{ sources: [{ ...source, ...over }] }] },
})

test('a log that the Agent follows has no problem', (t) => {
  t.deepEqual(tailProblems(following({}), ['/var/log/x.log']), [])
})

test('a log that is not followed has one', (t) => {
  t.is(tailProblems(following({ inputs: [] }), ['/var/log/x.log']).length, 1)
  t.is(tailProblems(following({ status: 'Error: permission denied' }), ['/var/log/x.log']).length, 1)
  t.is(tailProblems(following({}), ['/var/log/y.log']).length, 1)
  t.is(tailProblems(following({}, false), ['/var/log/x.log']).length, 1)
})

const observed = (code: number, answer: string): string =>
  `ActiveState=active\nMainPID=42\nActiveEnterTimestampMonotonic=20000000\nUptime=80.5\nOwner=dd-agent\nboxhound-status\n${answer}\nboxhound-status\nCode=${code}\nAfter=42\n`

test('an answer of the Agent is read together with its unit', (t) => {
  const { unit, uptime, status } = readObservation(observed(0, 'text\n{"version": "7.83.0"}'), '')
  t.is(unit.get('Owner'), 'dd-agent')
  t.is(unit.get('After'), '42')
  t.is(uptime, 60.5)
  t.is(status.version, '7.83.0')
})

test('an Agent that does not answer is told with its words', (t) => {
  t.throws(() => readObservation(observed(255, ''), 'unable to fetch auth token'), { code: 'E_AGENT_STATUS' })
  t.throws(() => readObservation(observed(0, 'no document'), ''), { code: 'E_AGENT_STATUS' })
})

const unit = {
  ActiveState: 'active',
  SubState: 'running',
  NRestarts: '0',
  Owner: 'dd-agent',
  MainPID: '42',
  After: '42',
}

test('the Agent must run as dd-agent, never restarted, in one process', (t) => {
  t.true(judgeRunning(new Map(Object.entries(unit))).passed)
  for (const over of [{ ActiveState: 'failed' }, { NRestarts: '1' }, { Owner: 'root' }, { After: '43' }]) {
    t.false(judgeRunning(new Map(Object.entries({ ...unit, ...over }))).passed, JSON.stringify(over))
  }
})

test('a real Agent’s run of a check passes, and one that raised fails', (t) => {
  t.true(judgeCheck(myMetric, { code: 0, stdout: sample('check-my_metric.json'), stderr: '' }).passed)
  for (const [name, said] of [
    ['check-raises.json', /error: planted failure/],
    ['check-initerr.json', /error: planted initialization failure/],
  ] as const)
    t.regex(judgeCheck(myMetric, { code: 0, stdout: sample(name), stderr: '' }).observed, said)
})

test('why a check cannot be loaded stands on stdout, and is told', (t) => {
  const stderr = 'Error: no valid check found\n'
  for (const [name, said] of [
    ['check-broken.out', /No module named 'nothing_of_this_name'/],
    ['check-refuses.out', /planted refusal/],
    ['before-first-start.out', /python is not initialized/],
  ] as const) {
    const { observed } = judgeCheck(myMetric, { code: 255, stdout: sample(name), stderr })
    t.regex(observed, /^exit status 255: Error: no valid check found/)
    t.regex(observed, said)
  }
})

test('a real Agent’s own word says whether there is a key', (t) => {
  t.false(hasKey(recorded('keyless')))
  t.true(hasKey(recorded('403')))
  t.true(hasKey(recorded('box-keyed')))
  t.true(hasKey({}), 'an Agent that tells nothing is judged as strictly as one with a key')
})

test('load errors are found by name or by name and version, whatever their form', (t) => {
  const status = recorded('keyless')
  t.is(loadErrors(status, 't_broken').length, 1)
  t.regex(loadErrors(status, 't_broken')[0] ?? '', /^unable to import module[\s\S]*nothing_of_this_name'$/)
  t.is(loadErrors(status, 't_refuses').length, 1, 'told once although it stands in both lists')
  t.regex(loadErrors(status, 't_refuses')[0] ?? '', /planted refusal/)
  t.deepEqual(loadErrors(status, 'my_metric'), [])
  t.deepEqual(loadErrors(status, 't_brok'), [])
  const versioned: AgentStatus = { checkSchedulerStats: { LoaderErrors: { 'x (1.2.3)': ['one', 'two'] } } }
  t.deepEqual(loadErrors(versioned, 'x'), ['one', 'two'])
  const absent: AgentStatus = { checkSchedulerStats: { LoaderErrors: { x: { core: 'Check x not found in Catalog' } } } }
  t.deepEqual(loadErrors(absent, 'x'), ['Check x not found in Catalog'])
})

test('a check that was never loaded fails at once, with the whole load error', (t) => {
  const verdict = judgeInterval('t_broken', 15, recorded('keyless'), 30)
  t.false(verdict.passed)
  t.true(verdict.final)
  t.regex(
    verdict.observed,
    /t_broken was not loaded: unable to import module[\s\S]*Traceback[\s\S]*nothing_of_this_name/,
  )
})

test('progress is how many instances have run', (t) => {
  t.is(instancesRun({}), 0)
  t.is(instancesRun(scheduled(1, 0)), 0)
  t.is(instancesRun(recorded('box-keyed')), 3)
})

test('a warning passes by a pattern, is told with the reason, and another one does not', (t) => {
  const deprecated = '[Deprecated] The `extra_x` option will be removed in a future release.'
  const allowing = {
    ...myMetric,
    warnings: [{ pattern: '^\\[Deprecated\\] The `extra_', reason: 'no replacement yet' }],
  }
  const run = (...LastWarnings: string[]) => judgeCheck(allowing, output({ ...good, runner: { LastWarnings } }))
  t.true(run(deprecated).passed)
  t.true(run(deprecated).observed.includes(`warning: ${deprecated} (allowed: no replacement yet)`))
  t.true(run().passed)
  t.regex(run(deprecated, 'careful').observed, /^warning: careful$/)
  t.regex(run().expected, /only allowed warnings/)
})

test('a state that check.yaml declares is right, and no other is', (t) => {
  const send = (status: number) =>
    output({
      ...good,
      aggregator: { ...good.aggregator, service_checks: [{ check: 'x.joined', status, message: '' }] },
    })
  const declared = (state: 'unknown' | 'any') => ({
    ...myMetric,
    serviceChecks: ['x.joined'],
    states: { 'x.joined': state },
  })
  t.true(judgeCheck(declared('unknown'), send(3)).passed)
  t.regex(judgeCheck(declared('unknown'), send(0)).observed, /x\.joined has status 0 \(ok\), not unknown/)
  t.true(judgeCheck(declared('any'), send(2)).passed)
  t.regex(judgeCheck(declared('any'), output(good)).observed, /missing service check/)
})

test('instances with intervals of their own are held against those, not against one number', (t) => {
  const status = (...seconds: number[]): AgentStatus => ({
    runnerStats: {
      Checks: {
        two: Object.fromEntries(seconds.map((one, i) => [`two:${i}`, { Interval: one * 1e9, TotalRuns: 1 }])),
      },
    },
  })
  t.true(judgeInterval('two', 20, status(300, 20), 10, [20, 300]).passed)
  t.regex(judgeInterval('two', 20, status(20, 20), 10, [20, 300]).observed, /every 20 s, every 20 s/)
  t.regex(judgeInterval('two', 20, status(20), 10, [20, 300]).observed, /they run every 20 s/)
  t.regex(judgeInterval('two', 20, status(), 10, [20, 300]).observed, /schedules no instance/)
})
