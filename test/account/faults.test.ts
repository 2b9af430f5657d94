import test from 'ava'
import { type Account, type Fault, rateLimited, type Seen } from '../../lab/account/server.ts'
import { call, dashboard, keyHeaders, pick, start } from './_account.ts'

const path = '/api/v1/dashboard'

/** The n-th request meets the n-th fault. */
const inTurn =
  (...faults: (Fault | undefined)[]) =>
  ({ number }: Seen): Fault | undefined =>
    faults[number - 1]

const kept = (account: Account): number => Object.keys(account.state().dashboards).length

test('a status is answered in place of the work, with its headers and body', async (t) => {
  const account = await start(t, {
    fault: inTurn(rateLimited(7), { kind: 'status', status: 503, body: 'gone' }, { kind: 'status', status: 500 }),
  })
  const limited = await call(account, 'POST', path, dashboard())
  t.is(limited.status, 429)
  t.is(limited.headers.get('x-ratelimit-reset'), '7')
  for (const name of ['limit', 'period', 'remaining', 'name']) t.true(limited.headers.has(`x-ratelimit-${name}`))
  t.is(typeof pick(limited.body, 'errors.0'), 'string')
  const gone = await fetch(`${account.url}${path}`, { headers: keyHeaders })
  t.is(gone.status, 503)
  t.is(await gone.text(), 'gone')
  t.is((await call(account, 'GET', path)).status, 500)
  t.is((await call(account, 'GET', path)).status, 200)
  t.is(kept(account), 0)
})

test('a connection may be lost before the work or after it', async (t) => {
  const account = await start(t, { fault: inTurn({ kind: 'lost-before' }, { kind: 'lost-after' }) })
  await t.throwsAsync(call(account, 'POST', path, dashboard()))
  t.is(kept(account), 0)
  await t.throwsAsync(call(account, 'POST', path, dashboard()))
  t.is(kept(account), 1)
  t.is(account.requests.length, 2)
})

test('an answer may break off, or be no JSON, when the work is done', async (t) => {
  const account = await start(t, { fault: inTurn({ kind: 'broken' }, { kind: 'garbage' }) })
  const send = () =>
    fetch(`${account.url}${path}`, {
      method: 'POST',
      headers: { ...keyHeaders, 'content-type': 'application/json' },
      body: JSON.stringify(dashboard()),
    })
  const broken = await send()
  t.is(broken.status, 200)
  await t.throwsAsync(broken.text())
  t.is(kept(account), 1)
  const garbage = await send()
  t.is(garbage.status, 200)
  await t.throwsAsync(garbage.json(), { instanceOf: SyntaxError })
  t.is(kept(account), 2)
})

test('a slow answer is the right one, and the work is done before it', async (t) => {
  const account = await start(t, { fault: inTurn({ kind: 'slow', milliseconds: 50 }) })
  t.is((await call(account, 'POST', path, dashboard())).status, 200)
  t.is(kept(account), 1)
})

test('closing does not wait for a slow answer', async (t) => {
  let reached = (): void => undefined
  const processed = new Promise<void>((resolve) => {
    reached = resolve
  })
  const account = await start(t, {
    fault: () => {
      reached()
      return { kind: 'slow', milliseconds: 3_600_000 }
    },
  })
  const lost = t.throwsAsync(call(account, 'GET', path))
  await processed
  await account.close()
  await lost
})

test('requests are remembered as they came', async (t) => {
  const account = await start(t)
  await call(account, 'GET', `${path}?count=5`)
  await call(account, 'POST', path, { a: [1] })
  await call(account, 'POST', path, '{')
  const [first, second, third] = account.requests
  t.like(first, { number: 1, method: 'GET', path, query: 'count=5', body: undefined })
  t.is(first?.headers['dd-api-key'], keyHeaders['dd-api-key'])
  t.like(second, { number: 2, method: 'POST', query: '', body: { a: [1] } })
  t.like(third, { number: 3, body: '{' })
})
