import test from 'ava'
import { intakeFor, key, post } from './_intake.ts'

const json = (path: string) => ({
  path,
  contentType: 'application/json',
  contentEncoding: 'identity',
  form: 'json' as const,
})

test('service checks keep status, message and tags', async (t) => {
  const intake = await intakeFor(t)
  const body = [
    {
      check: 'mysql.can_connect',
      host_name: 'web-1',
      timestamp: 1_700_000_000,
      status: 2,
      message: 'refused',
      tags: ['port:3306'],
    },
    { check: 'datadog.agent.up', host_name: 'web-1', timestamp: 1_700_000_000, status: 0, message: '', tags: null },
  ]
  const answer = await post(intake, '/api/v1/check_run', JSON.stringify(body))
  t.is(answer.status, 202)
  t.deepEqual(await answer.json(), { status: 'ok' })
  t.deepEqual(intake.received().serviceChecks, [
    {
      check: 'mysql.can_connect',
      host: 'web-1',
      timestamp: 1_700_000_000,
      status: 2,
      message: 'refused',
      tags: ['port:3306'],
      encoding: json('/api/v1/check_run'),
    },
    {
      check: 'datadog.agent.up',
      host: 'web-1',
      timestamp: 1_700_000_000,
      status: 0,
      message: '',
      tags: [],
      encoding: json('/api/v1/check_run'),
    },
  ])
})

test('a service check may come alone, and no status but 0 to 3 is one', async (t) => {
  const intake = await intakeFor(t)
  t.is((await post(intake, '/api/v1/check_run', '{"check":"test","status":0}')).status, 202)
  t.is(intake.received().serviceChecks[0]?.check, 'test')
  for (const status of ['4', '-1', '0.5', '"0"', 'null'])
    t.is((await post(intake, '/api/v1/check_run', `[{"check":"test","status":${status}}]`)).status, 400, status)
  t.is(intake.received().serviceChecks.length, 1)
  t.regex(intake.received().problems[0] ?? '', /not a list of service checks: 0\.status/)
})

test('metadata of a host tells its name, its tags and the Agent; the key in it is not kept', async (t) => {
  const intake = await intakeFor(t)
  const body = {
    apiKey: key,
    agentVersion: '7.83.0',
    uuid: '1',
    internalHostname: 'web-1',
    os: 'linux',
    'host-tags': { system: ['env:lab', 'team:web'] },
    meta: { hostname: 'web-1' },
  }
  for (const path of ['/intake/', '/intake']) t.is((await post(intake, path, JSON.stringify(body))).status, 202)
  t.deepEqual(intake.received().hosts, [
    { name: 'web-1', tags: ['env:lab', 'team:web'], agentVersion: '7.83.0', encoding: json('/intake/') },
    { name: 'web-1', tags: ['env:lab', 'team:web'], agentVersion: '7.83.0', encoding: json('/intake') },
  ])
  t.false(JSON.stringify(intake.received()).includes(key))
})

test('events at the same path are counted, and a host without tags has none', async (t) => {
  const intake = await intakeFor(t)
  await post(intake, '/intake/', '{"internalHostname":"web-1","events":{"api":[{"msg_title":"x"}]}}')
  t.deepEqual(intake.received().others, [{ path: '/intake/', count: 1 }])
  t.deepEqual(intake.received().hosts, [])
  await post(intake, '/intake/', '{"internalHostname":"web-1","host-tags":{"system":null}}')
  t.deepEqual(intake.received().hosts[0]?.tags, [])
  t.is((await post(intake, '/intake/', '{"host-tags":{"system":"env:lab"}}')).status, 400)
})

test('log lines are read at both paths; an object as message becomes its JSON', async (t) => {
  const intake = await intakeFor(t)
  const line = {
    message: 'started',
    status: 'info',
    timestamp: 1_700_000_000_000,
    hostname: 'web-1',
    service: 'mysql',
    ddsource: 'mysql',
    ddtags: 'env:lab, filename:error.log,',
  }
  const answer = await post(
    intake,
    '/api/v2/logs',
    JSON.stringify([line, { ...line, message: { a: [1] }, ddtags: '' }]),
  )
  t.is(answer.status, 202)
  t.is(await answer.text(), '{}')
  t.is((await post(intake, '/v1/input', JSON.stringify({ message: 'alone' }))).status, 202)
  const whole = {
    status: 'info',
    host: 'web-1',
    service: 'mysql',
    source: 'mysql',
    encoding: json('/api/v2/logs'),
    timestamp: 1_700_000_000_000,
  }
  t.deepEqual(intake.received().logs, [
    { ...whole, message: 'started', tags: ['env:lab', 'filename:error.log'] },
    { ...whole, message: '{"a":[1]}', tags: [] },
    {
      message: 'alone',
      status: '',
      timestamp: 0,
      host: '',
      service: '',
      source: '',
      tags: [],
      encoding: json('/v1/input'),
    },
  ])
})

test('a time that is no number is none', async (t) => {
  const intake = await intakeFor(t)
  await post(intake, '/api/v2/logs', '[{"message":"a","timestamp":"yesterday"},{"message":"b","timestamp":null}]')
  t.deepEqual(
    intake.received().logs.map(({ timestamp }) => timestamp),
    [0, 0],
  )
})

test('probes without content are accepted and add nothing', async (t) => {
  const intake = await intakeFor(t)
  for (const path of ['/api/v1/series', '/api/v2/series', '/api/v1/check_run', '/intake/', '/api/v2/logs', '/v1/input'])
    for (const body of ['', '{}', ' '])
      for (const headers of [{}, { 'content-type': 'text/plain' }])
        t.is((await post(intake, path, body, headers)).status, 202, `${path} ${body}`)
  t.is((await post(intake, '/api/v2/logs', '[]')).status, 202)
  const { requests, ...rest } = intake.received()
  t.is(requests, 37)
  t.deepEqual(rest, {
    series: [],
    serviceChecks: [],
    hosts: [],
    logs: [],
    spans: [],
    stats: 0,
    validations: 0,
    others: [],
    problems: [],
    interrupted: 0,
  })
})

test('broken JSON is refused with the place where it breaks and without its text', async (t) => {
  const intake = await intakeFor(t)
  for (const path of ['/api/v1/series', '/api/v2/series', '/api/v1/check_run', '/intake/', '/api/v2/logs']) {
    const answer = await post(intake, path, `{"apiKey":"${key}" "x"}`)
    t.is(answer.status, 400)
    t.false((await answer.text()).includes(key.slice(0, 6)))
    t.regex(intake.received().problems.at(-1) ?? '', /\(application\/json, identity\): the body is not JSON/)
  }
  for (const body of ['[', 'null', '7', '"text"']) t.is((await post(intake, '/api/v2/logs', body)).status, 400, body)
  t.false(JSON.stringify(intake.received()).includes(key.slice(0, 6)))
})
