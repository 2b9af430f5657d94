import test from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { makeAuthority } from './_authority.ts'
import { digest, imageStore, same, someImage, soon } from './_image.ts'
import { startProxy } from './_proxy.ts'
import { fileListener, serve } from './_server.ts'

const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`
const host = 'images.example.invalid'

test('a plain address goes to the proxy as a plain request, with its login', async (t) => {
  const content = someImage(100_000)
  const store = await imageStore(t)
  const server = await serve(t, fileListener({ content }))
  const proxy = await startProxy(t, { port: server.port })
  const network = { proxy: `http://us%20er:p%40ss@${proxy.host}` }
  same(t, await store.fetch(`http://${host}/a.img`, digest(content), { network }), content)
  t.deepEqual(proxy.asked, [{ line: `GET http://${host}/a.img`, authorization: basic('us er:p@ss') }])
  t.is(server.requests[0]?.headers.host, host)
})

test('an https address goes through a tunnel, and the server never sees the proxy’s login', async (t) => {
  const content = someImage(100_000)
  const store = await imageStore(t)
  const authority = await makeAuthority(t)
  const server = await serve(t, fileListener({ content }), authority.sign([host]))
  const proxy = await startProxy(t, { port: server.port })
  const network = { proxy: `http://user:pass@${proxy.host}`, caBundle: authority.bundle }
  same(t, await store.fetch(`https://${host}/a.img`, digest(content), { network }), content)
  t.deepEqual(proxy.asked, [{ line: `CONNECT ${host}:443`, authorization: basic('user:pass') }])
  t.is(server.requests[0]?.headers['proxy-authorization'], undefined)
})

test('a proxy behind TLS of its own is verified by the bundle', async (t) => {
  const content = someImage(100_000)
  const authority = await makeAuthority(t)
  const plain = await serve(t, fileListener({ content }))
  const secure = await serve(t, fileListener({ content }), authority.sign([host]))
  for (const [protocol, { port }] of [
    ['http', plain],
    ['https', secure],
  ] as const) {
    const proxy = await startProxy(t, { port, secure: authority.sign(['127.0.0.1']) })
    const network = { proxy: `https://user:pass@${proxy.host}` }
    const bare = await imageStore(t)
    await t.throwsAsync(bare.fetch(`${protocol}://${host}/a.img`, digest(content), { network }), {
      code: 'E_FETCH_TLS',
      message: `the certificate of https://${proxy.host} is not trusted: its authority is unknown here`,
    })
    t.deepEqual(proxy.asked, [], 'it got no login before it was verified')
    const trusting = { ...network, caBundle: authority.bundle }
    const store = await imageStore(t)
    same(t, await store.fetch(`${protocol}://${host}/a.img`, digest(content), { network: trusting }), content)
    t.is(proxy.asked[0]?.authorization, basic('user:pass'))
  }
})

test('an unknown authority behind a tunnel is named too', async (t) => {
  const store = await imageStore(t)
  const authority = await makeAuthority(t, 'Interception Root')
  const server = await serve(t, (_, response) => void response.end(), authority.sign([host]))
  const proxy = await startProxy(t, { port: server.port })
  const network = { proxy: `http://user:hunter2@${proxy.host}` }
  const error = await t.throwsAsync(store.fetch(`https://${host}/a.img`, digest(Buffer.from('x')), { network }), {
    instanceOf: BoxhoundError,
  })
  t.is(error.code, 'E_FETCH_TLS')
  t.true(formatError(error).includes('CN=Interception Root'), formatError(error))
  t.false(formatError(error).includes('hunter2'))
})

test('what NO_PROXY names is asked directly, and loopback always', async (t) => {
  const content = someImage(10)
  const server = await serve(t, fileListener({ content }))
  const proxy = await startProxy(t, { port: server.port })
  const direct = await imageStore(t)
  await direct.fetch(`${server.url}/a.img`, digest(content), { network: { proxy: `http://${proxy.host}` } })
  t.deepEqual(proxy.asked, [])
  for (const noProxy of ['example.invalid', 'x, .example.invalid', 'a *', `${host}:80`]) {
    const store = await imageStore(t)
    const network = { proxy: `http://${proxy.host}`, noProxy }
    await t.throwsAsync(store.fetch(`http://${host}/a.img`, digest(content), { network }), {
      message: /unknown host|cannot connect/,
    })
    t.deepEqual(proxy.asked, [], noProxy)
  }
  const other = await imageStore(t)
  const network = { proxy: `http://${proxy.host}`, noProxy: 'other.invalid' }
  await other.fetch(`http://${host}/a.img`, digest(content), { network })
  t.is(proxy.asked.length, 1)
})

test('http and https may have a proxy each, or one of them none', async (t) => {
  const content = someImage(10)
  const server = await serve(t, fileListener({ content }))
  const [plain, secure] = await Promise.all([startProxy(t, { port: server.port }), startProxy(t, { port: 1 })])
  const store = await imageStore(t)
  const network = { proxy: `http://${secure.host}`, httpProxy: `http://${plain.host}` }
  await store.fetch(`http://${host}/a.img`, digest(content), { network })
  t.is(plain.asked.length, 1)
  t.is(secure.asked.length, 0)
  const only = { httpProxy: `http://${plain.host}` }
  await t.throwsAsync(store.fetch(`https://${host}/b.img`, digest(Buffer.from('x')), { network: only }), {
    message: /unknown host|cannot connect/,
  })
  t.is(plain.asked.length, 1)
})

test('what a proxy refuses is told as the proxy’s doing, without its password', async (t) => {
  const refusals = [
    [407, 'E_FETCH_PROXY', /the proxy requires a user and a password/],
    [403, 'E_FETCH_STATUS', /refuses/],
    [502, 'E_FETCH_SERVER', /cannot serve/],
  ] as const
  for (const [refuse, code, message] of refusals)
    for (const protocol of ['http', 'https']) {
      const store = await imageStore(t)
      const proxy = await startProxy(t, { port: 1, refuse })
      const network = { proxy: `http://user:hunter2@${proxy.host}` }
      const failed = store.fetch(`${protocol}://${host}/a.img`, digest(Buffer.from('x')), { network })
      const error = await t.throwsAsync(failed, { instanceOf: BoxhoundError, message })
      t.is(error.code, code, `${protocol} ${refuse}`)
      const told = [formatError(error), JSON.stringify(error.details), ...store.lines].join('\n')
      t.false(told.includes('hunter2'), told)
      t.is(proxy.asked.length, code === 'E_FETCH_SERVER' ? 2 : 1)
      if (protocol === 'https') t.true(told.includes(proxy.host), told)
    }
})

test('fault 36: a proxy that takes no connection, or says nothing, is given up by its deadline', async (t) => {
  const proxy = await startProxy(t, { port: 1, mute: true })
  const store = await imageStore(t)
  const network = { proxy: `http://user:hunter2@${proxy.host}` }
  const error = await t.throwsAsync(
    store.fetch(`https://${host}/a.img`, digest(Buffer.from('x')), { network, deadlines: soon }),
    {
      instanceOf: BoxhoundError,
    },
  )
  t.is(error.code, 'E_FETCH_QUIET')
  t.regex(error.message, /within 1\.5 s/)
  const gone = await t.throwsAsync(
    store.fetch(`https://${host}/a.img`, digest(Buffer.from('x')), {
      network: { proxy: 'http://user:hunter2@127.0.0.1:9' },
    }),
    { instanceOf: BoxhoundError },
  )
  t.is(gone.code, 'E_FETCH_CONNECT')
  t.regex(formatError(gone), /ECONNREFUSED 127\.0\.0\.1:9[\s\S]*proxy: http:\/\/127\.0\.0\.1:9/)
  t.false(formatError(gone).includes('hunter2'))
})
