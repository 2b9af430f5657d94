import { createServer } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { shownAddress } from '../../scripts/lib/fetch/address.ts'
import { digest, imageStore, late, same, someImage, soon } from './_image.ts'
import { serve } from './_server.ts'

const wanted = digest(Buffer.from('x'))

/** The error of an address that can't be fetched: it names the address, and nothing is left behind but an empty part at most. */
const failing = async (
  t: ExecutionContext,
  image: string,
  deadlines = late,
): Promise<{ error: BoxhoundError; lines: string[] }> => {
  const store = await imageStore(t)
  const error = await t.throwsAsync(store.fetch(image, wanted, { deadlines }), { instanceOf: BoxhoundError })
  t.is(error.exitCode, 1)
  t.truthy(error.details.next)
  t.true(formatError(error).includes(new URL(image).host), formatError(error))
  t.deepEqual(
    store.names().filter((name) => !name.startsWith('.part-')),
    [],
  )
  return { error, lines: store.lines }
}

test('404, 403 and other refusals are told at once, with address and status', async (t) => {
  for (const status of [400, 401, 403, 404, 410]) {
    const server = await serve(t, (_, response) => void response.writeHead(status).end('no'))
    const { error } = await failing(t, `${server.url}/a.img?ticket=secret`)
    t.is(error.code, 'E_FETCH_STATUS')
    t.is(error.details.found, `status ${status}`)
    t.true(error.message.includes(`${server.url}/a.img?…`), error.message)
    t.is(server.requests.length, 1)
    t.is(/remove old releases/.test(error.details.next ?? ''), status === 404 || status === 410)
  }
})

test('a server in trouble is asked again, a bounded number of times', async (t) => {
  for (const status of [500, 502, 503, 429]) {
    const server = await serve(t, (_, response) => void response.writeHead(status).end())
    const { error, lines } = await failing(t, `${server.url}/a.img`)
    t.is(error.code, 'E_FETCH_SERVER')
    t.is(error.details.found, `status ${status}`)
    t.is(server.requests.length, 2)
    t.deepEqual(lines, [`the server cannot serve ${server.url}/a.img at the moment: try 2 of 2 in 0.00 s`])
  }
})

test('a server that was in trouble for a moment gives the file', async (t) => {
  const content = someImage(1000)
  const store = await imageStore(t)
  let asked = 0
  const server = await serve(t, (_, response) => {
    asked += 1
    if (asked === 1) response.writeHead(503).end()
    else response.end(content)
  })
  same(t, await store.fetch(`${server.url}/a.img`, digest(content)), content)
})

test('trouble in the middle of a download leaves what is there, and the next try goes on from it', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const server = await serve(t, ({ headers }, response) => {
    if (server.requests.length === 1) {
      response.writeHead(200, { 'content-length': content.length, etag: '"1"' })
      response.write(content.subarray(0, 2_000_000), () => setTimeout(() => response.destroy(), 20))
    } else if (server.requests.length === 2) response.writeHead(502).end()
    else {
      const start = Number(/\d+/.exec(headers.range ?? '')?.[0])
      response.writeHead(206, { 'content-range': `bytes ${start}-2999999/3000000`, etag: '"1"' })
      response.end(content.subarray(start))
    }
  })
  const patience = { tries: 3, pause: () => 1 }
  same(t, await store.fetch(`${server.url}/a.img`, digest(content), { patience }), content)
  t.deepEqual(
    server.requests.map(({ headers }) => headers.range),
    [undefined, 'bytes=2000000-', 'bytes=2000000-'],
  )
})

/** A port where connections are taken and nothing is ever said. */
const mute = async (t: ExecutionContext): Promise<number> => {
  const server = createServer((socket) => void socket.on('error', () => {}))
  const sockets = new Set<{ destroy: () => void }>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

test('fault 36: a server that never finishes the handshake: the deadline is told', async (t) => {
  const { error } = await failing(t, `https://127.0.0.1:${await mute(t)}/a.img`, soon)
  t.is(error.code, 'E_FETCH_CONNECT')
  t.regex(error.message, /timed out after 1\.5 s/)
})

test('fault 36: a server that never answers: the deadline is told', async (t) => {
  const { error, lines } = await failing(t, `http://127.0.0.1:${await mute(t)}/a.img`, soon)
  t.is(error.code, 'E_FETCH_QUIET')
  t.regex(error.message, /did not answer within 1\.5 s/)
  t.is(lines.length, 1)
})

test('fault 36: a server that goes quiet in the middle: the deadline is told, and what came is kept', async (t) => {
  const store = await imageStore(t)
  const server = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': 5000, etag: '"1"' })
    response.write(someImage(1000))
  })
  const error = await t.throwsAsync(store.fetch(`${server.url}/a.img`, wanted, { deadlines: soon }), {
    instanceOf: BoxhoundError,
  })
  t.is(error.code, 'E_FETCH_QUIET')
  t.regex(error.message, /^127\.0\.0\.1:\d+ sent nothing for 1\.5 s$/)
  t.deepEqual(store.names(), [`.part-${wanted}`, `.part-${wanted}.json`])
})

test('fault 73: a server that sends a byte now and then is ended by its pace, though it is never quiet', async (t) => {
  const store = await imageStore(t)
  const server = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': 5000, etag: '"1"' })
    const drip = setInterval(() => response.write('x'), 100)
    response.on('close', () => clearInterval(drip))
  })
  const error = await t.throwsAsync(store.fetch(`${server.url}/a.img`, wanted, { deadlines: soon }), {
    instanceOf: BoxhoundError,
  })
  t.is(error.code, 'E_FETCH_SLOW')
  t.regex(error.details.found ?? '', /^\d+ bytes of http:.* in \d/)
})

test('nobody listens: host, port and address are told', async (t) => {
  const { error } = await failing(t, 'http://127.0.0.1:9/a.img')
  t.is(error.code, 'E_FETCH_CONNECT')
  t.regex(error.details.found ?? '', /ECONNREFUSED 127\.0\.0\.1:9, while fetching http:\/\/127\.0\.0\.1:9\/a\.img/)
})

test('a host that does not exist is not asked twice', async (t) => {
  const { error, lines } = await failing(t, 'http://images.example.invalid/a.img')
  t.true(['E_FETCH_NAME', 'E_FETCH_CONNECT'].includes(error.code), error.code)
  if (error.code === 'E_FETCH_NAME') t.deepEqual(lines, [])
})

test('what is no HTTP at all is told as a broken connection', async (t) => {
  const server = createServer((socket) => void socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.2\r\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  const { error } = await failing(t, `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/a.img`)
  t.is(error.code, 'E_FETCH_LOST')
})

test('an https address of a server that speaks plain http is told as such, once', async (t) => {
  const server = await serve(t, (_, response) => void response.end())
  const { error, lines } = await failing(t, `${server.url.replace('http:', 'https:')}/a.img`)
  t.is(error.code, 'E_FETCH_TLS')
  t.deepEqual(lines, [])
})

test('redirects are followed, relative ones too, and the range goes along', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const server = await serve(t, ({ url, headers }, response) => {
    if (url === '/a.img') response.writeHead(302, { location: '/b/c.img?ticket=1' }).end()
    else if (url === '/b/c.img?ticket=1') response.writeHead(307, { location: 'd.img' }).end()
    else {
      const start = Number(/\d+/.exec(headers.range ?? '')?.[0] ?? 0)
      response.writeHead(206, { 'content-range': `bytes ${start}-2999999/3000000` })
      response.end(content.subarray(start))
    }
  })
  store.leave(digest(content), content.subarray(0, 7), {
    url: `${server.url}/a.img`,
    validator: '"1"',
    total: 3_000_000,
  })
  const path = await store.fetch(`${server.url}/a.img`, digest(content))
  same(t, path, content)
  t.true(path.endsWith('-a.img'))
  t.deepEqual(
    server.requests.map(({ url, headers }) => [url, headers.range]),
    ['/a.img', '/b/c.img?ticket=1', '/b/d.img'].map((url) => [url, 'bytes=7-']),
  )
})

test('redirects in a circle, to nowhere, and to what is no web address end in an error', async (t) => {
  const server = await serve(t, ({ url = '' }, response) => {
    const location = { '/circle': '/circle', '/file': 'file:///etc/passwd', '/bad': 'http://[' }[url]
    response.writeHead(301, location === undefined ? {} : { location }).end()
  })
  for (const path of ['circle', 'file', 'bad', 'none']) {
    const { error } = await failing(t, `${server.url}/${path}`)
    t.is(error.code, 'E_FETCH_REDIRECT', path)
  }
  t.is(server.requests.filter(({ url }) => url === '/circle').length, 11)
})

test('an address in a message has neither user, password nor the values of its query', (t) => {
  t.is(shownAddress('https://user:pass@host:8443/a/b.img?sig=1#x'), 'https://host:8443/a/b.img?…')
  t.is(shownAddress('::'), 'an address that cannot be read')
})
