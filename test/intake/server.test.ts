import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { createConnection } from 'node:net'
import test from 'ava'
import { startIntake } from '../../lab/intake/server.ts'
import { intakeFor, key, post } from './_intake.ts'

test('only this machine is listened to, at a port that is told', async (t) => {
  const intake = await intakeFor(t)
  t.is(intake.url, `http://127.0.0.1:${intake.port}`)
  t.true(intake.port > 0)
})

test('a port may be chosen, and a taken one is told', async (t) => {
  const first = await startIntake({ apiKey: key })
  const error = await t.throwsAsync(startIntake({ apiKey: key, port: first.port }), { code: 'E_INTAKE_PORT' })
  t.true(error?.message.includes(String(first.port)))
  await first.close()
  const second = await startIntake({ apiKey: key, port: first.port })
  t.teardown(second.close)
  t.is(second.port, first.port)
})

test('whether anybody is there is answered without a key', async (t) => {
  const intake = await intakeFor(t)
  for (const method of ['GET', 'HEAD']) t.is((await fetch(intake.url, { method })).status, 200)
  const flare = await fetch(`${intake.url}/support/flare`, { method: 'HEAD', headers: { 'dd-api-key': key } })
  t.is(flare.status, 200)
  t.deepEqual(intake.received().problems, [])
})

test('payloads that are not read are accepted and counted by path', async (t) => {
  const intake = await intakeFor(t)
  const paths = [
    '/api/beta/sketches',
    '/api/v1/metadata',
    '/api/v2/host_metadata',
    '/api/v1/collector',
    '/api/v1/container',
    '/api/v1/orchestrator',
    '/api/v2/apmtelemetry',
    '/api/v0.1/pipeline_stats',
    '/profiling/v1/input',
    '/api/v2/profile',
    '/api/v2/agenthealth',
    '/support/flare',
    '/api/v9/of-tomorrow',
  ]
  for (const path of paths) t.is((await post(intake, path, 'anything', { 'content-type': 'x/y' })).status, 202, path)
  await post(intake, '/api/v1/metadata', 'anything')
  t.deepEqual(
    intake.received().others,
    paths.map((path) => ({ path, count: path === '/api/v1/metadata' ? 2 : 1 })),
  )
  t.deepEqual(intake.received().problems, [])
})

test('series in columns are accepted, with the setting that makes them readable', async (t) => {
  const intake = await intakeFor(t)
  t.is((await post(intake, '/api/intake/metrics/v3/series', 'x')).status, 202)
  t.is(intake.received().others[0]?.count, 1)
  t.regex(intake.received().problems[0] ?? '', /use_v3_api\.series\.enabled/)
})

test('a path that no intake has, and a method that it does not take, are told', async (t) => {
  const intake = await intakeFor(t)
  t.is((await post(intake, '/nowhere', '{}')).status, 404)
  t.is((await post(intake, '/constructor', '{}')).status, 404)
  t.is(
    (await fetch(`${intake.url}/api/v2/logs`, { method: 'PUT', body: '{}', headers: { 'dd-api-key': key } })).status,
    405,
  )
  t.is(intake.received().problems.length, 3)
  t.deepEqual(intake.received().others, [])
})

test('several requests go through one connection, refused ones too', async (t) => {
  const intake = await intakeFor(t)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  const ports = new Set<number | undefined>()
  const send = (path: string, body: string, apiKey: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = { 'dd-api-key': apiKey, 'content-type': 'application/json' }
      const sent = request(`${intake.url}${path}`, { agent, method: 'POST', headers }, (response) => {
        ports.add(response.socket.localPort)
        response.resume()
        response.once('end', () => resolve(response.statusCode))
      })
      sent.once('error', reject)
      sent.end(body)
    })
  const long = ' '.repeat(300_000)
  t.is(await send('/api/v2/logs', `[{"message":"a"}]${long}`, key), 202)
  t.is(await send('/api/v2/logs', `[{"message":"b"}]${long}`, 'another'), 403)
  t.is(await send('/api/v2/logs', `[${long}`, key), 400)
  t.is(await send('/nowhere', long, key), 404)
  t.is(await send('/api/v2/logs', '[{"message":"c"}]', key), 202)
  t.is(ports.size, 1)
  t.deepEqual(
    intake.received().logs.map(({ message }) => message),
    ['a', 'c'],
  )
})

test('an arrival ends the wait for it, and what came is there', async (t) => {
  const intake = await intakeFor(t)
  const received = intake.received()
  for (const path of ['/api/v2/logs', '/nowhere']) {
    const waiting = intake.changed()
    const before = received.requests
    const answer = post(intake, path, '[{"message":"a"}]')
    await waiting
    t.is(received.requests, before + 1)
    await answer
  }
  t.is(received.logs.length, 1)
  t.is(intake.received(), received)
})

test('a signal ends the wait', async (t) => {
  const intake = await intakeFor(t)
  const stop = new AbortController()
  const waiting = intake.changed(stop.signal)
  stop.abort(new Error('enough'))
  await t.throwsAsync(waiting, { message: 'enough' })
  await t.throwsAsync(intake.changed(stop.signal), { message: 'enough' })
  const other = intake.changed(new AbortController().signal)
  await post(intake, '/api/v2/logs', '[]')
  await t.notThrowsAsync(other)
})

test('closing ends open connections and waits, and may be done twice', async (t) => {
  const intake = await intakeFor(t)
  const socket = createConnection(intake.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  // A body that never comes.
  socket.write(`POST /api/v2/logs HTTP/1.1\r\nHost: x\r\nDD-API-KEY: ${key}\r\nContent-Length: 10\r\n\r\n[`)
  await post(intake, '/api/v2/logs', '[]')
  const waiting = intake.changed()
  const ended = t.throwsAsync(waiting, { code: 'E_INTAKE_CLOSED' })
  await intake.close()
  await closed
  await ended
  await t.throwsAsync(intake.changed(), { code: 'E_INTAKE_CLOSED' })
  await intake.close()
  await t.throwsAsync(fetch(intake.url))
})

test('a connection that ends before the whole body is there is counted and no problem: its sender tries again', async (t) => {
  const intake = await intakeFor(t)
  const socket = createConnection(intake.port, '127.0.0.1')
  await once(socket, 'connect')
  const waiting = intake.changed()
  socket.write(`POST /api/v2/logs HTTP/1.1\r\nHost: x\r\nDD-API-KEY: ${key}\r\nContent-Length: 10\r\n\r\n[`, () =>
    socket.destroy(),
  )
  await waiting
  t.is(intake.received().interrupted, 1)
  t.deepEqual(intake.received().logs, [])
  t.is((await post(intake, '/api/v2/logs', '[{"message":"again"}]')).status, 202)
  const { logs, problems, interrupted, requests } = intake.received()
  t.is(logs.length, 1)
  t.deepEqual(problems, [])
  t.is(interrupted, 1)
  t.is(requests, 2)
})

test('a body that is there and can’t be read is a problem still', async (t) => {
  const intake = await intakeFor(t)
  t.is((await post(intake, '/api/v2/logs', '[', {})).status, 400)
  t.is(intake.received().interrupted, 0)
  t.is(intake.received().problems.length, 1)
})
