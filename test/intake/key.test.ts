import test from 'ava'
import { startIntake } from '../../lab/intake/server.ts'
import { intakeFor, key, post } from './_intake.ts'

test('the right key is valid, and asking is counted', async (t) => {
  const intake = await intakeFor(t)
  const answer = await fetch(`${intake.url}/api/v1/validate`, { headers: { 'DD-API-KEY': key } })
  t.is(answer.status, 200)
  t.deepEqual(await answer.json(), { valid: true })
  t.is(intake.received().validations, 1)
  t.deepEqual(intake.received().problems, [])
})

test('the Agent asks about its key by the query, which is no problem there', async (t) => {
  const intake = await intakeFor(t)
  t.is((await fetch(`${intake.url}/api/v1/validate?api_key=${key}`)).status, 200)
  t.is(intake.received().validations, 1)
  t.deepEqual(intake.received().problems, [])
  t.is((await fetch(`${intake.url}/api/v1/validate?api_key=another`)).status, 403)
})

test('another key and none are forbidden at every path, and nothing of the body is kept', async (t) => {
  const intake = await intakeFor(t)
  const line = '{"message":"a"}'
  for (const path of ['/api/v1/validate', '/api/v2/series', '/api/v2/logs', '/api/v0.2/traces', '/intake/', '/nowhere'])
    for (const [headers, problem] of [
      [{}, 'without a key'],
      [{ 'dd-api-key': `${key}0` }, 'with another key'],
      [{ 'dd-api-key': '' }, 'with another key'],
    ] as const) {
      const method = path === '/api/v1/validate' ? 'GET' : 'POST'
      const body = method === 'POST' ? line : null
      const answer = await fetch(`${intake.url}${path}`, { method, body, headers })
      t.is(answer.status, 403)
      t.deepEqual(await answer.json(), { errors: ['Forbidden'] })
      t.true(intake.received().problems.includes(`${method} ${path} came ${problem}`))
    }
  t.deepEqual(intake.received().logs, [])
  t.is(intake.received().validations, 0)
  t.is(intake.received().requests, 18)
})

test('a header with another key is not made good by the query', async (t) => {
  const intake = await intakeFor(t)
  t.is((await post(intake, `/api/v2/logs?api_key=${key}`, '{}', { 'dd-api-key': 'another' })).status, 403)
})

test('a key in the address is accepted and told, once, without the key', async (t) => {
  const intake = await intakeFor(t)
  for (const query of [`api_key=${key}`, `dd-api-key=${key}`, `api_key=${key}`]) {
    const answer = await fetch(`${intake.url}/v1/input?${query}`, { method: 'POST', body: '{"message":"a"}' })
    t.is(answer.status, 202)
  }
  t.is(intake.received().logs.length, 3)
  t.deepEqual(intake.received().problems, ['POST /v1/input has the key in its address, where proxies and logs see it'])
})

test('the key stands nowhere in what was received, wherever a request had it', async (t) => {
  const intake = await intakeFor(t)
  await post(intake, `/api/v9/${key}?api_key=${key}`, key, { 'content-type': key })
  await post(intake, `/${key}`, key, { 'content-encoding': key })
  await post(intake, '/api/v1/series', key, { 'content-encoding': key })
  await post(intake, '/api/v2/series', key)
  await fetch(`${intake.url}/api/v1/${key}`, { method: 'DELETE', headers: { 'dd-api-key': key } })
  t.is(intake.received().problems.length, 4)
  t.is(intake.received().others.length, 1)
  t.false(JSON.stringify(intake.received()).includes(key))
})

test('an intake without a key is refused', async (t) => {
  await t.throwsAsync(startIntake({ apiKey: '' }), { code: 'E_INTAKE_KEY' })
})
