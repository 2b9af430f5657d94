import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { type AppLoad, type AppLoadOptions, driveApp } from '../../scripts/lib/traffic/app-load.ts'
import type { Session } from '../../scripts/lib/verify/ssh.ts'
import { machine } from '../wire/_session.ts'
import { checkout, units } from './_guest.ts'

const serve = async (t: ExecutionContext, answer: RequestListener): Promise<number> => {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

/** The runner itself, on this machine. */
const load = (t: ExecutionContext, port: number, more: Partial<AppLoadOptions> = {}): Promise<AppLoad> => {
  const run = units(t)
  const session: Session = {
    ...machine().session,
    run: async (command, options) => (await run(command, options)) ?? { code: 1, stdout: '', stderr: '', seconds: 0 },
  }
  return driveApp(
    session,
    {
      port,
      routes: [
        { path: '/', weight: 3 },
        { path: '/a', weight: 1 },
      ],
      plan: { shape: 'steady', seconds: 1, rate: 200 },
      connections: 20,
      every: 0.1,
      catchUp: 60,
      ...more,
    },
    checkout,
  )
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, one) => sum + one, 0)

test('as many are sent as the plan has, each is counted once on both sides, in its share', async (t) => {
  let served = 0
  const port = await serve(t, (_, response) => {
    served += 1
    response.end('ok')
  })
  const { ended, figures, interval } = await load(t, port)
  await ended
  const { sent, answered, unanswered, routes, latency, late } = figures()
  t.deepEqual([sent, served, late], [200, 200, 0])
  t.deepEqual([answered, unanswered, routes], [{ '2xx': 200 }, {}, { '/': 150, '/a': 50 }])
  t.true(latency.p50 > 0 && latency.p50 <= latency.p99 && latency.p99 <= latency.max)
  t.like(interval() ?? {}, { answered: 200, errors: 0 })
  t.is(interval(), null)
})

test('answers that come after the end are waited for', async (t) => {
  const port = await serve(t, (_, response) => void setTimeout(() => response.end('late'), 1500))
  const { ended, figures } = await load(t, port, { plan: { shape: 'steady', seconds: 1, rate: 10 } })
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
  const { ended, figures, interval } = await load(t, port)
  await ended
  const { sent, answered, unanswered } = figures()
  t.is(total(answered) + total(unanswered), sent)
  t.deepEqual(Object.keys(answered), ['4xx', '5xx'])
  t.true(total(unanswered) > 0)
  t.is(interval()?.errors, sent)
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
  const { ended, figures } = await load(t, port, { connections: 5, catchUp: 0 })
  await ended
  const { sent, late, answered } = figures()
  t.is(most, 5)
  t.true(sent < 200)
  t.is(sent + late, 200)
  t.is(answered['2xx'], sent)
})

test('it can be stopped: nothing more is sent, and what gets no answer is given up', async (t) => {
  const port = await serve(t, () => {})
  const { ended, figures, stop } = await load(t, port, {
    plan: { shape: 'steady', seconds: 600, rate: 100 },
    connections: 3,
  })
  while (figures().sent < 3) await sleep(20)
  await stop()
  await ended
  t.like(figures(), { sent: 3, answered: {}, unanswered: { 'given up at the end': 3 } })
})

test('what gets no answer in time is an error of its own', async (t) => {
  const port = await serve(t, () => {})
  const { ended, figures } = await load(t, port, { plan: { shape: 'steady', seconds: 1, rate: 5 }, patience: 0.5 })
  await ended
  t.like(figures(), { sent: 5, answered: {}, unanswered: { 'no answer in time': 5 } })
})

test('an idle connection is not used again: the server may be about to end it', async (t) => {
  let connections = 0
  const server = createServer((_, response) => response.end())
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { ended, figures } = await load(t, (server.address() as AddressInfo).port, {
    // Due in all after each second: 0, 1, 1, 2, 2.
    plan: { shape: 'steady', seconds: 5, rate: 0.4 },
    connections: 1,
  })
  await ended
  t.deepEqual([figures().sent, connections], [2, 2])
})

test('a runner that fails is an error with its words', async (t) => {
  const { ended } = await load(t, 1, { connections: Number.NaN })
  await t.throwsAsync(ended, { code: 'E_TRAFFIC' })
})

test('nobody there: no request is answered, and it ends all the same', async (t) => {
  const { ended, figures } = await load(t, 1, { plan: { shape: 'steady', seconds: 1, rate: 20 } })
  await ended
  t.deepEqual([total(figures().answered), total(figures().unanswered)], [0, figures().sent])
})
