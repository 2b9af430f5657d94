import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { type AppLoadOptions, driveApp } from '../../scripts/lib/traffic/app-load.ts'

const serve = async (t: ExecutionContext, answer: RequestListener): Promise<number> => {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

const load = (port: number, more: Partial<AppLoadOptions> = {}) =>
  driveApp({
    port,
    routes: [
      { path: '/', weight: 3 },
      { path: '/a', weight: 1 },
    ],
    plan: { shape: 'steady', seconds: 1, rate: 200 },
    connections: 20,
    signal: new AbortController().signal,
    catchUp: 60,
    ...more,
  })

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, one) => sum + one, 0)

test('as many are sent as the plan has, each is counted once on both sides, in its share', async (t) => {
  let served = 0
  const port = await serve(t, (_, response) => {
    served += 1
    response.end('ok')
  })
  const { ended, figures, interval } = load(port)
  await ended
  const { sent, answered, unanswered, routes, latency, late } = figures()
  t.deepEqual([sent, served, late], [200, 200, 0])
  t.deepEqual([answered, unanswered, routes], [{ '2xx': 200 }, {}, { '/': 150, '/a': 50 }])
  t.true(latency.p50 > 0 && latency.p50 <= latency.p99 && latency.p99 <= latency.max)
  t.like(interval(), { answered: 200, errors: 0 })
  t.deepEqual(interval(), { answered: 0, errors: 0, latency: { p50: 0, p90: 0, p99: 0, max: 0 } })
})

test('answers that come after the end are waited for', async (t) => {
  const port = await serve(t, (_, response) => void setTimeout(() => response.end('late'), 1500))
  const { ended, figures } = load(port, { plan: { shape: 'steady', seconds: 1, rate: 10 } })
  await ended
  t.deepEqual(figures().answered, { '2xx': 10 })
})

test('errors are counted by their kind: a status, a connection that breaks off', async (t) => {
  let number = 0
  const port = await serve(t, (request, response) => {
    number += 1
    if (number % 10 === 0) request.socket.destroy()
    else response.writeHead(number % 10 === 5 ? 503 : 404).end()
  })
  const { ended, figures, interval } = load(port)
  await ended
  const { sent, answered, unanswered } = figures()
  t.is(total(answered) + total(unanswered), sent)
  t.deepEqual(Object.keys(answered), ['4xx', '5xx'])
  t.true(total(unanswered) > 0)
  t.is(interval().errors, sent)
})

test('never more connections than allowed; what they have no time for is told', async (t) => {
  let [open, most] = [0, 0]
  const port = await serve(t, (_, response) => {
    open += 1
    most = Math.max(most, open)
    setTimeout(() => {
      open -= 1
      response.end()
    }, 100)
  })
  const { ended, figures } = load(port, { connections: 5, catchUp: 0 })
  await ended
  const { sent, late, answered } = figures()
  t.is(most, 5)
  t.true(sent < 200)
  t.is(sent + late, 200)
  t.is(answered['2xx'], sent)
})

test('a signal ends it: nothing more is sent, and what gets no answer is given up', async (t) => {
  const stop = new AbortController()
  const port = await serve(t, () => {})
  const { ended, figures } = load(port, {
    plan: { shape: 'steady', seconds: 600, rate: 100 },
    connections: 3,
    signal: stop.signal,
    grace: 0.05,
  })
  setTimeout(() => stop.abort(), 200)
  await ended
  t.like(figures(), { sent: 3, answered: {}, unanswered: { 'given up at the end': 3 } })
})

test('a signal after the last was sent gives up what is still on its way', async (t) => {
  const stop = new AbortController()
  const port = await serve(t, () => {})
  const { ended, figures } = load(port, {
    plan: { shape: 'steady', seconds: 0.1, rate: 10 },
    signal: stop.signal,
    grace: 0.05,
  })
  setTimeout(() => stop.abort(), 300)
  await ended
  t.like(figures(), { sent: 1, unanswered: { 'given up at the end': 1 } })
})

test('nobody there: no request is answered, and it ends all the same', async (t) => {
  const { ended, figures } = load(1, { plan: { shape: 'steady', seconds: 0.3, rate: 20 } })
  await ended
  t.deepEqual([total(figures().answered), total(figures().unanswered)], [0, figures().sent])
})
