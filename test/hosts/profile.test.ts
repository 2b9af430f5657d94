import test from 'ava'
import fc from 'fast-check'
import { isObject } from '../../scripts/lib/_helpers/json.ts'
import { readFacts } from '../../scripts/lib/hosts/facts.ts'
import { isImageName } from '../../scripts/lib/hosts/judge/hostname.ts'
import { keyEndings } from '../../scripts/lib/hosts/judge/key.ts'
import { configuredTags } from '../../scripts/lib/hosts/judge/tags.ts'
import { judgeHost } from '../../scripts/lib/hosts/profile.ts'
import { changed, configcheck, factsOf, healthy, judge, one, recorded, red } from './_facts.ts'

const status = 'status/document'

const green = healthy

test('a healthy host, as the real Agent told it, is green', (t) => {
  const findings = judge(green())
  t.deepEqual(red(findings), [])
  t.is(findings.length, new Set(findings.map(({ id }) => id)).size)
  const ids = findings.map(({ id }) => id)
  for (const id of ['agent.running', 'agent.key', 'check.mysql.interval', 'logs.mysql', 'logs.mysql.rotation'])
    t.true(ids.includes(id), id)
})

test('the real Agent’s broken checks are red, each with its own reason', (t) => {
  const document = changed(green(), 'status/document', { ...recorded('status-keyless'), version: '7.63.0' })
  const findings = judge(changed(document, 'configcheck/text', configcheck))
  t.regex(one(findings, 'check.t_broken').observed, /nothing_of_this_name/)
  t.regex(one(findings, 'check.t_raises').observed, /planted failure/)
  t.regex(one(findings, 'check.t_refuses').observed, /planted refusal/)
  t.is(one(findings, 'check.t_two').status, 'passed')
  t.regex(one(findings, 'logs.t_logs').observed, /unreadable.log: Error: open .*permission denied/)
  t.false(
    findings.some(({ id }) => id === 'check.t_logs'),
    'log sources alone are no check',
  )
})

const turns = test.macro((t, path: string, value: unknown, id: string, said: RegExp) => {
  const findings = judge(changed(green(), path, value))
  t.deepEqual(red(findings), [id])
  t.regex(one(findings, id).observed, said)
})

const runner = (name: string, field: string): string => `${status}/runnerStats/Checks/${name}/${name}/${field}`
const instance = { file: '/etc/datadog-agent/datadog.yaml', setting: 'api_key', mode: '0644', exposed: true }

test('a key that everyone can read', turns, 'secrets', [instance], 'agent.secrets', /mode 0644\) has api_key/)
test(
  'a check that raises',
  turns,
  runner('cpu', 'LastError'),
  '[{"message":"boom","traceback":"x"}]',
  'check.cpu',
  /^cpu: boom$/,
)
test(
  'a check that was not loaded',
  turns,
  `${status}/checkSchedulerStats/LoaderErrors/mine`,
  { 'Python Check Loader': 'unable to import' },
  'check.mine',
  /not loaded: unable to import/,
)
test(
  'a check whose configuration is no YAML',
  turns,
  `${status}/autoConfigStats/ConfigErrors/mine`,
  'yaml: line 3',
  'check.mine',
  /not valid: yaml: line 3/,
)
test(
  'a check that is configured and not run',
  turns,
  `${status}/runnerStats/Checks/cpu`,
  undefined,
  'check.cpu',
  /0 of 1 configured/,
)
test('a check that never ran', turns, runner('cpu', 'TotalRuns'), 0, 'check.cpu', /has not run in 85 s/)
test(
  'an interval that is not kept',
  turns,
  `${status}/runnerStats/Checks/my_metric/my_metric:dcc51837fae667f9/Interval`,
  15_000_000_000,
  'check.my_metric.interval',
  /configured: every 45 s; the Agent runs it every 15 s/,
)
test('a check that runs too often', turns, runner('cpu', 'TotalRuns'), 50, 'check.cpu.interval', /more than 6/)
test(
  'a check that stands still',
  turns,
  runner('cpu', 'UpdateTimestamp'),
  1_795_886_100,
  'check.cpu.interval',
  /last ran \d+ s ago/,
)
test(
  'a refused key',
  turns,
  `${status}/forwarderStats`,
  recorded('status-403').forwarderStats,
  'agent.key',
  /…cdef is refused: API Key invalid/,
)
test(
  'a tag that is configured and not sent',
  turns,
  'settings/tags',
  'tags: [env:trial, "a:b"]',
  'agent.tags',
  /^a:b is configured, but not sent/,
)
test(
  'a variable of the Agent wins over its file',
  turns,
  'environment/DD_TAGS',
  'x:y env:trial',
  'agent.tags',
  /^x:y is configured/,
)
test(
  'the name of an image',
  turns,
  `${status}/metadata/meta/hostname`,
  'debian',
  'agent.hostname',
  /is the name of an image/,
)
test('no name at all', turns, `${status}/metadata/meta/hostname`, '', 'agent.hostname', /no host name/)
test(
  'an Agent that will not start again',
  turns,
  'units/datadog-agent.service/UnitFileState',
  'disabled',
  'agent.units',
  /won't start at the next boot/,
)
test(
  'a failed unit',
  turns,
  'units/datadog-agent-trace.service/ActiveState',
  'failed',
  'agent.units',
  /datadog-agent-trace.service has failed/,
)
test(
  'an upgrade without a restart',
  turns,
  'packages',
  [{ name: 'datadog-agent', version: '1:7.70.1-1', state: 'ii' }],
  'agent.version',
  /7.63.0 runs, but datadog-agent 1:7.70.1-1 is installed/,
)
test('an Agent that restarts while it is asked', turns, 'after', 13, 'agent.running', /process changed from 12 to 13/)
test('an Agent 8 that nobody knows yet is refused', (t) => {
  const eight = changed(changed(green(), `${status}/version`, '8.0.0'), 'packages', [])
  t.deepEqual(red(judge(eight)), ['agent.running'])
})

test(
  'a log that is not readable',
  turns,
  'logs/before',
  { '/var/log/mysql/error.log': 'Permission denied' },
  'logs.mysql',
  /dd-agent can't read it: Permission denied/,
)

test('a stopped Agent turns agent.running red, and what only it could tell is not judged', (t) => {
  const stopped = changed(
    changed(green(), 'status', { code: 255, document: null, error: 'connection refused' }),
    'units/datadog-agent.service/ActiveState',
    'inactive',
  )
  const findings = judge(changed(stopped, 'process', 0))
  t.deepEqual(red(findings), ['agent.running'])
  t.regex(one(findings, 'agent.running').observed, /is inactive[\s\S]*connection refused/)
  t.is(one(findings, 'agent.key').status, 'not judged')
  t.is(one(findings, 'agent.secrets').status, 'passed')
})

test('no Agent, and Agent 5, are one clear verdict', (t) => {
  for (const [kind, said] of [
    ['none', /no Agent found/],
    ['agent5', /Agent 5/],
  ] as const) {
    const findings = judge(changed(changed(green(), 'agent', { kind, place: '' }), 'status', undefined))
    t.deepEqual(
      findings.map(({ id }) => id),
      ['agent.running'],
    )
    t.regex(findings[0]?.observed ?? '', said)
  }
})

test('Agent 6 is judged like Agent 7', (t) => {
  const six = changed(changed(green(), `${status}/version`, '6.53.1'), 'packages', [
    { name: 'datadog-agent', version: '1:6.53.1-1', state: 'ii' },
  ])
  t.deepEqual(red(judge(six)), [])
})

test('an Agent in a container has no package and no unit to judge', (t) => {
  const inside = changed(
    changed(green(), 'agent', { kind: 'container', place: 'docker container dd (datadog/agent:7)' }),
    'packages',
    [],
  )
  const findings = judge(changed(inside, 'units', {}))
  t.deepEqual(red(findings), [])
  t.is(one(findings, 'agent.units').status, 'not judged')
  t.regex(one(findings, 'agent.running').observed, /in docker container dd/)
})

test('a keyless Agent: the key is missing, and units that give up without one are not held against it', (t) => {
  const keyless = changed(
    changed(green(), `${status}/forwarderStats`, { APIKeyStatus: {}, APIKeyFailure: {} }),
    `${status}/endpointsInfos`,
    {},
  )
  const findings = judge(changed(keyless, 'units/datadog-agent-trace.service/ActiveState', 'failed'), true)
  t.deepEqual(red(findings), ['agent.key'])
  t.is(one(findings, 'agent.traces').status, 'not judged')
})

test('a key that could not be validated is neither green nor red', (t) => {
  const finding = one(
    judge(changed(green(), `${status}/forwarderStats`, recorded('status-box-keyed').forwarderStats)),
    'agent.key',
  )
  t.is(finding.status, 'not judged')
  t.regex(finding.observed, /Unable to reach/)
})

test('without root, what can’t be read is not judged, with the reason', (t) => {
  const user = {
    ...green(),
    root: false,
    user: 'ops',
    secrets: null,
    status: { code: 255, document: null, error: 'permission denied' },
  }
  const findings = judge({ ...user, errors: { secrets: 'PermissionError' } })
  t.deepEqual(red(findings), [])
  t.true(findings.every(({ id, status: found }) => found === 'not judged' || id === 'agent.units'))
  t.regex(one(findings, 'agent.secrets').observed, /ops is neither root nor allowed to run sudo -n/)
})

test('a check that has not run yet is not judged while the Agent is young', (t) => {
  const young = changed(
    changed(green(), `${status}/time_nano`, 1_795_886_286_000_000_000),
    runner('cpu', 'TotalRuns'),
    0,
  )
  t.is(one(judge(young), 'check.cpu').status, 'not judged')
})

test('errors of the past, warnings and a configured name are told, and stay green', (t) => {
  let document = changed(green(), runner('cpu', 'TotalErrors'), 2)
  document = changed(document, runner('cpu', 'LastWarnings'), ['slow'])
  document = changed(
    changed(document, `${status}/hostnameStats/provider`, 'configuration'),
    `${status}/metadata/meta/hostname`,
    'web-1',
  )
  const findings = judge(document)
  t.deepEqual(red(findings), [])
  t.regex(one(findings, 'check.cpu').observed, /2 of them failed earlier, warning: slow/)
  t.regex(one(findings, 'agent.hostname').observed, /a clone of it would report as the same host/)
})

test('log collection that is off leaves its sources unjudged', (t) => {
  const findings = judge(changed(green(), `${status}/logsStats/is_running`, false))
  t.is(one(findings, 'logs.mysql').status, 'not judged')
})

test('active: a run of its own, a rotation and a trace are judged', (t) => {
  const logs = {
    before: {},
    after: { '/var/log/mysql/error.log': 'Permission denied' },
    rotated: ['/var/log/mysql/error.log'],
    described: {},
    rotation: '',
  }
  const base = changed(changed(green(), 'logs', logs), 'trace', { status: 200, body: '{}' })
  const failing = changed(base, 'checkRuns', {
    cpu: { code: 0, stdout: '[{"runner":{"TotalErrors":1,"LastError":"[{\\"message\\":\\"boom\\"}]"}}]', stderr: '' },
  })
  t.deepEqual(red(judge(failing, true)), ['check.cpu', 'logs.mysql.rotation'])
  t.deepEqual(red(judge(changed(changed(base, 'logs', { rotated: [] }), 'trace', { status: 500, body: 'no' }), true)), [
    'agent.traces',
  ])
  const nothing = changed(base, 'checkRuns', { cpu: { code: 255, stdout: '', stderr: 'Error: no valid check found' } })
  t.regex(one(judge(nothing, true), 'check.cpu').observed, /no valid check found/)
})

test('a service check that is not OK in a run of its own is red', (t) => {
  const stdout =
    '[{"runner":{"TotalErrors":0},"aggregator":{"service_checks":[{"check":"cpu.ok","status":2,"message":"down"}]}}]'
  const findings = judge(
    changed(changed(green(), 'trace', { status: 200 }), 'checkRuns', { cpu: { code: 0, stdout, stderr: '' } }),
    true,
  )
  t.is(one(findings, 'check.cpu').observed, 'service check cpu.ok is critical down')
})

test('tags are read as the Agent reads them', (t) => {
  const tagsOf = (path: string, value: unknown): string[] => configuredTags(factsOf(changed(green(), path, value)))
  t.deepEqual(tagsOf('environment', { DD_TAGS: 'a:1, b:2  c:3', DD_EXTRA_TAGS: 'd:4', DD_ENV: 'prod' }), [
    'a:1',
    'b:2',
    'c:3',
    'd:4',
    'env:prod',
  ])
  t.deepEqual(tagsOf('environment', { DD_TAGS: '["a:1","b 2"]' }), ['a:1', 'b 2'])
  t.deepEqual(tagsOf('settings', { tags: 'tags: ["ENC[x]", "%%host%%", a]', env: 'env: qa' }), ['a', 'env:qa'])
  for (const broken of ['tags: {', 'tags:', 'tags: 7', '', 'tags: &a [*a]'])
    t.deepEqual(tagsOf('settings', { tags: broken }), [], broken)
})

test('names of images are told from names of machines', (t) => {
  for (const name of [
    'localhost',
    'debian',
    'Ubuntu.local',
    'golden-image',
    'packer-5f3a',
    'vagrant-box',
    'my-golden-1',
    'base-image',
  ])
    t.true(isImageName(name), name)
  for (const name of [
    'boxhound-80be78',
    'web-1',
    'email-template-service',
    'debian-7.example',
    'database',
    'ip-10-0-0-1',
    '',
  ])
    t.false(isImageName(name), name)
})

test('of a key only the last four characters are shown, whatever the host says', (t) => {
  t.deepEqual(keyEndings(factsOf(green())), ['cdef'])
  const whole = 'a1b2c3d4e5f60718293a4b5c6d7e8f90'
  const document = changed(green(), `${status}/endpointsInfos`, { 'https://app.datadoghq.com': [whole, '***', 7] })
  t.deepEqual(keyEndings(factsOf(document)), ['8f90'])
  const valid = { APIKeyStatus: { [`API key ending with ${whole}`]: 'API Key valid' }, APIKeyFailure: {} }
  const finding = one(judge(changed(document, `${status}/forwarderStats`, valid)), 'agent.key')
  t.is(finding.observed, 'accepted: key …8f90')
})

test('each instance keeps an interval of its own', (t) => {
  const text =
    '=== cpu check ===\nConfig for instance ID: cpu:1\nmin_collection_interval: 15\n~\nConfig for instance ID: cpu:2\nmin_collection_interval: 15\n~\n===\n'
  const instances = (second: number) => ({
    a: { Interval: 15_000_000_000, TotalRuns: 1 },
    b: { Interval: second, TotalRuns: 1 },
  })
  const document = changed(green(), 'configcheck/text', text)
  const at = `${status}/runnerStats/Checks/cpu`
  t.deepEqual(red(judge(changed(document, at, instances(15_000_000_000)))), [])
  t.deepEqual(red(judge(changed(document, at, instances(30_000_000_000)))), ['check.cpu.interval'])
})

test('tags of the inventory are expected as well', (t) => {
  t.regex(one(judge(green(), false, ['team:sre']), 'agent.tags').observed, /team:sre is in the inventory, but not sent/)
})

test('a host that claims thousands of checks is red, and judged in no time', (t) => {
  const checks = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`c${index}`, { a: { TotalRuns: 1 } }]))
  const findings = judge(changed(green(), `${status}/runnerStats/Checks`, checks))
  t.true(red(findings).includes('agent.checks'))
  t.true(findings.length < 500)
})

test('names that read the same in an id hide nothing', (t) => {
  const odd = changed(green(), `${status}/autoConfigStats/ConfigErrors`, {
    'a b': 'first',
    'a.b': 'x',
    a_b: 'second',
    '\u001b[2J': 'third',
  })
  const found = red(judge(odd))
  t.deepEqual(found, ['check.a_b', 'check.a.b', 'check.a_b~2', 'check.__2J'])
})

test('whatever a host says, judging it ends and its ids are plain', (t) => {
  const paths = [
    'status/document',
    'status/document/runnerStats',
    'status/document/logsStats',
    'units',
    'packages',
    'secrets',
    'settings',
    'agent',
    'configcheck',
    'status/document/forwarderStats',
    'status/document/endpointsInfos',
    'environment',
    'logs',
    'status/document/JMXStatus',
  ]
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue(), fc.boolean(), (path, value, active) => {
      const facts = readFacts(changed(green(), path, value))
      if (facts === undefined) return
      for (const { id, status: found, observed } of judgeHost(facts, { active, tags: [] })) {
        t.regex(id, /^[a-z]+\.[\w.~-]+$/)
        t.true(['passed', 'failed', 'not judged'].includes(found))
        t.is(typeof observed, 'string')
      }
    }),
    { numRuns: 400 },
  )
  t.true(isObject(green()))
})

test('what is no description of a host is none', (t) => {
  for (const document of [undefined, null, [], 'x', {}, { format: 2 }]) t.is(readFacts(document), undefined)
})
