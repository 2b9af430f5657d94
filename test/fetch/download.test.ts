import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import test from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { digest, imageStore, same, someImage } from './_image.ts'
import { serve, serveFile } from './_server.ts'

test('an image is fetched, verified and named by digest and file name; nothing else stays', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const { url } = await serveFile(t, { content, etag: '"1"' })
  const path = await store.fetch(`${url}/noble/ubuntu-24.04.img?x=1`, digest(content))
  t.is(path, join(store.folder, `${digest(content)}-ubuntu-24.04.img`))
  same(t, path, content)
  t.deepEqual(store.names(), [`${digest(content)}-ubuntu-24.04.img`])
  t.deepEqual(store.lines, [])
  const last = store.states.at(-1)
  t.is(last?.bytes, content.length)
  t.is(last?.total, content.length)
  t.is(last?.received, content.length)
})

test('an image that is there is hashed and not asked for again', async (t) => {
  const content = someImage(1000)
  const store = await imageStore(t)
  const server = await serveFile(t, { content })
  const first = await store.fetch(`${server.url}/a.img`, digest(content))
  t.is(await store.fetch(`${server.url}/a.img`, digest(content)), first)
  t.is(server.requests.length, 1)
})

test('fault 31: a stored image with one flipped bit is dropped and fetched again', async (t) => {
  const content = someImage(100_000)
  const store = await imageStore(t)
  const server = await serveFile(t, { content })
  const path = await store.fetch(`${server.url}/a.img`, digest(content))
  const bytes = readFileSync(path)
  bytes[70_000] = (bytes[70_000] ?? 0) ^ 4
  writeFileSync(path, bytes)
  t.is(await store.fetch(`${server.url}/a.img`, digest(content)), path)
  same(t, path, content)
  t.deepEqual(store.lines, ['the stored image is damaged: fetching it again'])
  t.is(server.requests.length, 2)
})

test('fault 32: another content is refused with both digests, address and next step, and is gone', async (t) => {
  const content = someImage(1000)
  const store = await imageStore(t)
  const server = await serveFile(t, { content, etag: '"1"' })
  const wanted = digest(Buffer.from('another'))
  const error = await t.throwsAsync(store.fetch(`${server.url}/a.img`, wanted), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_IMAGE_DIGEST')
  t.is(error.exitCode, 1)
  const text = formatError(error)
  for (const part of [`${server.url}/a.img`, wanted, digest(content), '1.0 kB', 'npm run base -- update BOX'])
    t.true(text.includes(part), text)
  t.deepEqual(store.names(), [])
  t.is(server.requests.length, 1)
})

test('fault 37: an empty answer is no image', async (t) => {
  const store = await imageStore(t)
  const { url } = await serveFile(t, { content: Buffer.alloc(0) })
  await t.throwsAsync(store.fetch(`${url}/a.img`, digest(Buffer.from('x'))), { code: 'E_IMAGE_DIGEST' })
  t.deepEqual(store.names(), [])
})

test('an answer without a length is taken when its digest is right', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const { url } = await serve(t, (_, response) => void response.end(content))
  same(t, await store.fetch(`${url}/a.img`, digest(content)), content)
  t.is(store.states.at(-1)?.total, content.length)
  const chunked = await serve(t, (_, response) => {
    response.write(content.subarray(0, 10))
    response.end(content.subarray(10))
  })
  const other = await imageStore(t)
  same(t, await other.fetch(`${chunked.url}/a.img`, digest(content)), content)
  t.is(other.states.at(-1)?.total, undefined)
})

test('a name with odd characters stays in its folder', async (t) => {
  const content = someImage(10)
  const store = await imageStore(t)
  const { url } = await serveFile(t, { content })
  await store.fetch(`${url}/a/%2e%2e%2fetc%2fpasswd%0a;x.img.xz`, digest(content))
  t.deepEqual(store.names(), [`${digest(content)}-_etc_passwd__x.img.xz`])
})

test('a local image is hashed and used where it is, by path and by file address', async (t) => {
  const content = someImage(1000)
  const store = await imageStore(t)
  mkdirSync(store.folder, { recursive: true })
  const path = join(store.folder, 'über mich.img')
  writeFileSync(path, content)
  t.is(await store.fetch(path, digest(content)), path)
  t.is(await store.fetch(pathToFileURL(path).href, digest(content)), path)
  t.deepEqual(store.names(), ['über mich.img'])
  const error = await t.throwsAsync(store.fetch(path, digest(Buffer.from('x'))), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_IMAGE_DIGEST')
  t.true(formatError(error).includes(digest(content)))
  same(t, path, content)
})

test('a local image that is missing or a folder is named', async (t) => {
  const store = await imageStore(t)
  for (const [path, found] of [
    [join(store.folder, 'none.img'), 'nothing'],
    ['/', 'not a file'],
  ] as const) {
    const error = await t.throwsAsync(store.fetch(path, digest(Buffer.from('x'))), { instanceOf: BoxhoundError })
    t.is(error.code, 'E_IMAGE_MISSING')
    t.is(error.details.file, path)
    t.is(error.details.found, found)
  }
})

test('a signal given by the caller ends the wait for an answer', async (t) => {
  const store = await imageStore(t)
  const stop = new AbortController()
  const { url } = await serve(t, () => stop.abort(new Error('enough')))
  const running = store.fetch(`${url}/a.img`, digest(Buffer.from('x')), { signal: stop.signal })
  await t.throwsAsync(running, { message: 'enough' })
  t.deepEqual(store.lines, [])
})

test('a signal given by the caller ends the download and keeps what is there', async (t) => {
  const content = someImage()
  const store = await imageStore(t)
  const stop = new AbortController()
  const { url } = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': content.length, etag: '"1"' })
    response.write(content.subarray(0, 1000))
  })
  const running = store.fetch(`${url}/a.img`, digest(content), {
    signal: stop.signal,
    progress: () => stop.abort(new Error('enough')),
  })
  await t.throwsAsync(running, { message: 'enough' })
  t.deepEqual(store.names(), [`.part-${digest(content)}`, `.part-${digest(content)}.json`])
})
