import { execFile } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { type Script, scriptWords, startScript } from '../helpers/_child.ts'
import { digest, imageStore, type Store, same, someImage } from './_image.ts'
import { fileListener, serve } from './_server.ts'

const start = (t: ExecutionContext, { folder }: Store, url: string, sha256: string): Script =>
  startScript(t, new URL('./_fetcher.ts', import.meta.url), [folder, `${url}/a.img`, sha256])

/** Until so many bytes are in the part. */
const arrived = async ({ folder }: Store, sha256: string, bytes: number): Promise<void> => {
  const part = join(folder, `.part-${sha256}`)
  while (!existsSync(part) || statSync(part).size < bytes) await delay(10)
}

/** A server that sends half of the file and keeps the rest until it is let go. */
const serveHalf = async (t: ExecutionContext, content: Buffer) => {
  const held: ServerResponse[] = []
  const file = fileListener({ content, etag: '"1"' })
  const server = await serve(t, (request, response) => {
    if (held.length > 0 || request.headers.range !== undefined) {
      file(request, response)
      return
    }
    held.push(response)
    response.writeHead(200, { 'content-length': content.length, etag: '"1"' })
    response.write(content.subarray(0, content.length / 2))
  })
  return { ...server, letGo: () => held[0]?.end(content.subarray(content.length / 2)) }
}

for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const)
  test(`faults 25, 26: after ${signal} the next run goes on where that one was`, async (t) => {
    const content = someImage(4_000_000)
    const store = await imageStore(t)
    const server = await serveHalf(t, content)
    const first = start(t, store, server.url, digest(content))
    await arrived(store, digest(content), content.length / 2)
    first.child.kill(signal)
    const { code, signal: by } = await first.ended
    t.true(signal === 'SIGKILL' ? by === 'SIGKILL' : (code ?? 0) > 128, `${code} ${by}`)
    t.deepEqual(store.names(), [`.part-${digest(content)}`, `.part-${digest(content)}.json`])
    t.deepEqual(readdirSync(join(dirname(store.folder), 'locks')).length, signal === 'SIGKILL' ? 1 : 0)
    const path = await store.fetch(`${server.url}/a.img`, digest(content))
    same(t, path, content)
    t.deepEqual(store.lines, ['resumed at 2.0 MB'])
    t.is(server.requests[1]?.headers.range, 'bytes=2000000-')
    t.deepEqual(readdirSync(join(dirname(store.folder), 'locks')), [])
  })

test('fault 27: two processes that want one image fetch it once', async (t) => {
  const content = someImage(4_000_000)
  const store = await imageStore(t)
  const server = await serveHalf(t, content)
  const first = start(t, store, server.url, digest(content))
  await first.says('bytes ')
  const second = start(t, store, server.url, digest(content))
  await second.says(
    `waiting for another run that is fetching the same image: process ${first.child.pid}, "fetch a.img", since`,
  )
  server.letGo()
  for (const { ended, output } of [first, second]) {
    t.is((await ended).code, 0, output())
    t.regex(output(), /done \/.*-a\.img/)
  }
  t.is(server.requests.length, 1)
  t.notRegex(second.output(), /bytes/)
  t.deepEqual(store.names(), [`${digest(content)}-a.img`])
})

test('who waited for a run that was killed goes on from what that one left', async (t) => {
  const content = someImage(4_000_000)
  const store = await imageStore(t)
  const server = await serveHalf(t, content)
  const first = start(t, store, server.url, digest(content))
  await arrived(store, digest(content), content.length / 2)
  const second = start(t, store, server.url, digest(content))
  await second.says('waiting for another run')
  first.child.kill('SIGKILL')
  t.is((await second.ended).code, 0, second.output())
  t.regex(second.output(), /resumed at 2\.0 MB/)
  t.deepEqual(store.names(), [`${digest(content)}-a.img`])
})

test('two calls in one process fetch an image once, too', async (t) => {
  const content = someImage(100_000)
  const store = await imageStore(t)
  const server = await serve(t, fileListener({ content }))
  const paths = await Promise.all([1, 2, 3].map(() => store.fetch(`${server.url}/a.img`, digest(content))))
  t.is(new Set(paths).size, 1)
  t.is(server.requests.length, 1)
})

test('fault 30: a disk without room is told before the first byte, and nothing stays', async (t) => {
  const store = await imageStore(t)
  const server = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': 9e14, etag: '"1"' })
    response.write('x')
  })
  const error = await t.throwsAsync(store.fetch(`${server.url}/a.img`, digest(Buffer.from('x'))))
  t.like(error, { code: 'E_DISK_FULL', details: { expected: '900 TB free' } })
  t.deepEqual(store.names(), [])
})

test('fault 30: a disk that fills up in the middle is told, and what was written gives its room back', async (t) => {
  const content = someImage(4_000_000)
  const store = await imageStore(t)
  const server = await serve(t, fileListener({ content }))
  // A file may grow to 2 MiB only: Node takes that as a full disk, since it does not let the signal kill it.
  const script = scriptWords(new URL('./_fetcher.ts', import.meta.url))
  const words = [...script, store.folder, `${server.url}/a.img`, digest(content)]
  const output = await new Promise<string>((resolve) => {
    execFile('bash', ['-c', 'ulimit -f 2048 && exec "$@"', 'bash', process.execPath, ...words], (_, stdout) =>
      resolve(stdout),
    )
  })
  t.regex(output, /failed E_DISK_FULL/)
  t.regex(output, /bytes /)
  t.deepEqual(store.names(), [])
})
