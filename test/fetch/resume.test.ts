import test from 'ava'
import { digest, imageStore, same, someImage } from './_image.ts'
import { serve, serveFile } from './_server.ts'

const half = 1_500_000

test('what an earlier run left is gone on with, and it is told where', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const server = await serveFile(t, { content, etag: '"1"' })
  const image = `${server.url}/a.img`
  store.leave(digest(content), content.subarray(0, half), { url: image, validator: '"1"', total: content.length })
  same(t, await store.fetch(image, digest(content)), content)
  t.is(server.requests[0]?.headers.range, `bytes=${half}-`)
  t.is(server.requests[0]?.headers['if-range'], '"1"')
  t.deepEqual(store.lines, ['resumed at 1.5 MB'])
  t.is(store.states.at(-1)?.received, content.length - half)
  t.is(store.states.at(-1)?.bytes, content.length)
})

test('a date serves where there is no ETag, and where there is only a weak one', async (t) => {
  for (const etag of [undefined, 'W/"1"']) {
    const content = someImage()
    const store = await imageStore(t)
    const lastModified = 'Fri, 24 Jul 2026 10:00:00 GMT'
    const server = await serveFile(t, { content, etag, lastModified, cuts: [half] })
    same(t, await store.fetch(`${server.url}/a.img`, digest(content)), content)
    t.is(server.requests[1]?.headers['if-range'], lastModified)
    t.is(server.requests[1]?.headers.range, `bytes=${half}-`)
  }
})

test('without anything that tells two versions apart the file is fetched from its start', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const server = await serveFile(t, { content, cuts: [half] })
  same(t, await store.fetch(`${server.url}/a.img`, digest(content)), content)
  t.is(server.requests[1]?.headers.range, undefined)
})

test('fault 33: a server without ranges sends it from the start, and that is what is kept', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const server = await serveFile(t, { content, etag: '"1"', ranges: false, cuts: [half] })
  same(t, await store.fetch(`${server.url}/a.img`, digest(content)), content)
  t.is(server.requests[1]?.headers.range, `bytes=${half}-`)
  t.regex(store.lines.at(-1) ?? '', /^starting over: 127\.0\.0\.1:\d+ does not support ranges/)
  t.is(store.states.at(-1)?.bytes, content.length)
})

test('a file that was replaced in the meantime is fetched from its start', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const server = await serveFile(t, { content, etag: '"2"' })
  const image = `${server.url}/a.img`
  store.leave(digest(content), someImage(half), { url: image, validator: '"1"', total: 5 })
  same(t, await store.fetch(image, digest(content)), content)
  t.is(server.requests.length, 1)
  t.regex(store.lines[0] ?? '', /^starting over/)
})

test('what was left of another address is not asked for as a range', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const server = await serveFile(t, { content, etag: '"1"' })
  store.leave(digest(content), content.subarray(0, half), { url: 'http://other/a.img', validator: '"1"' })
  same(t, await store.fetch(`${server.url}/a.img`, digest(content)), content)
  t.is(server.requests[0]?.headers.range, undefined)
  t.deepEqual(store.lines, [])
})

test('a part without its note, or with half of one, counts for nothing', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const server = await serveFile(t, { content, etag: '"1"' })
  store.leave(digest(content), content.subarray(0, half), {})
  same(t, await store.fetch(`${server.url}/a.img`, digest(content)), content)
  t.is(server.requests[0]?.headers.range, undefined)
  t.deepEqual(store.lines, [])
})

test('416 for a part that is whole: nothing is fetched, the digest decides', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const server = await serveFile(t, { content, etag: '"1"' })
  const image = `${server.url}/a.img`
  store.leave(digest(content), content, { url: image, validator: '"1"', total: content.length })
  same(t, await store.fetch(image, digest(content)), content)
  t.is(server.requests.length, 1)
})

test('416 for a part that is too long: from the start', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const server = await serveFile(t, { content, etag: '"1"' })
  const image = `${server.url}/a.img`
  store.leave(digest(content), someImage(content.length + 1), { url: image, validator: '"1"' })
  same(t, await store.fetch(image, digest(content)), content)
  t.deepEqual(
    server.requests.map(({ headers }) => headers.range),
    [`bytes=${content.length + 1}-`, undefined],
  )
})

test('a range that begins elsewhere, or is of a file of another length, is not taken', async (t) => {
  for (const range of [`bytes 0-2999999/3000000`, `bytes ${half}-2999999/4000000`, 'nonsense']) {
    const content = someImage()
    const store = await imageStore(t)
    const server = await serve(t, ({ headers }, response) => {
      if (headers.range === undefined) response.writeHead(200, { 'content-length': content.length, etag: '"1"' })
      else response.writeHead(206, { 'content-range': range })
      response.end(content)
    })
    const image = `${server.url}/a.img`
    store.leave(digest(content), content.subarray(0, half), { url: image, validator: '"1"', total: content.length })
    same(t, await store.fetch(image, digest(content)), content)
    t.is(server.requests.length, 2, range)
  }
})

test('a server that gives less than the range that was asked for is asked for the rest', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const server = await serve(t, ({ headers }, response) => {
    const start = Number(/\d+/.exec(headers.range ?? '')?.[0])
    const end = Math.min(start + 600_000, content.length)
    response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${content.length}` })
    response.end(content.subarray(start, end))
  })
  const image = `${server.url}/a.img`
  store.leave(digest(content), content.subarray(0, half), { url: image, validator: '"1"', total: content.length })
  const patience = { tries: 4, pause: () => 1 }
  same(t, await store.fetch(image, digest(content), { patience }), content)
  t.deepEqual(
    server.requests.map(({ headers }) => headers.range),
    ['bytes=1500000-', 'bytes=2100000-', 'bytes=2700000-'],
  )
  t.regex(store.lines[1] ?? '', /closed the connection too early/)
})

test('a part that was damaged on the disk costs one more download, not the user’s time', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const server = await serveFile(t, { content, etag: '"1"' })
  const image = `${server.url}/a.img`
  store.leave(digest(content), Buffer.alloc(half), { url: image, validator: '"1"', total: content.length })
  same(t, await store.fetch(image, digest(content)), content)
  t.deepEqual(
    server.requests.map(({ headers }) => headers.range),
    [`bytes=${half}-`, undefined],
  )
  t.deepEqual(store.lines, ['resumed at 1.5 MB', 'what an earlier run left is damaged: fetching all of it again'])
})

test('a file that was fetched from its start and is wrong is not fetched a second time', async (t) => {
  const store = await imageStore(t)
  const server = await serveFile(t, { content: someImage(1000), etag: '"2"' })
  const [image, wanted] = [`${server.url}/a.img`, digest(Buffer.from('x'))]
  store.leave(wanted, someImage(half), { url: image, validator: '"1"' })
  await t.throwsAsync(store.fetch(image, wanted), { code: 'E_IMAGE_DIGEST' })
  t.is(server.requests.length, 1)
  t.deepEqual(store.names(), [])
})

test('answers that end too early are gone on with, as often as they bring something', async (t) => {
  const content = someImage(8_000_000)
  const store = await imageStore(t)
  const server = await serveFile(t, { content, etag: '"1"', cuts: [2_000_000, 2_000_000, 2_000_000] })
  same(t, await store.fetch(`${server.url}/a.img`, digest(content)), content)
  t.deepEqual(
    server.requests.map(({ headers }) => headers.range),
    [undefined, 'bytes=2000000-', 'bytes=4000000-', 'bytes=6000000-'],
  )
  t.is(store.states.at(-1)?.received, content.length)
})

test('answers that bring nothing are given up; what is there stays for the next run', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const server = await serveFile(t, { content, etag: '"1"', cuts: [half, 0, 0, 0, 0] })
  await t.throwsAsync(store.fetch(`${server.url}/a.img`, digest(content)), { code: 'E_FETCH_LOST' })
  t.is(server.requests.length, 2)
  t.deepEqual(store.names(), [`.part-${digest(content)}`, `.part-${digest(content)}.json`])
})
