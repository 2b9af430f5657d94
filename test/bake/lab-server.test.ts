import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type LabServer, startLabServer } from '../../scripts/lib/bake/lab-server.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

const start = async (t: ExecutionContext): Promise<{ server: LabServer; folder: string }> => {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'repository/pool'), { recursive: true })
  await writeFile(join(folder, 'repository/pool/a.deb'), 'package')
  await writeFile(join(folder, 'secret'), 'secret')
  const server = await startLabServer()
  t.teardown(server.close)
  return { server, folder: join(folder, 'repository') }
}

/** A request as it is typed: fetch would tidy the path. */
const rawRequest = async (url: string, path: string): Promise<string> => {
  const socket = createConnection(Number(new URL(url).port), '127.0.0.1')
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  let answer = ''
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString()
  })
  await once(socket, 'close')
  return answer
}

test('nothing is served until there is a folder, and its files from then on', async (t) => {
  const { server, folder } = await start(t)
  t.is((await fetch(`${server.url}pool/a.deb`)).status, 404)
  server.serve(folder)
  t.is(await (await fetch(`${server.url}pool/a.deb`)).text(), 'package')
  t.is((await fetch(`${server.url}pool/b.deb`)).status, 404)
})

test('only this machine is listened to', async (t) => {
  const { server } = await start(t)
  t.regex(server.url, /^http:\/\/127\.0\.0\.1:\d+\/$/)
})

test('no way leads out of the folder', async (t) => {
  const { server, folder } = await start(t)
  server.serve(folder)
  t.regex(await rawRequest(server.url, '/pool/a.deb'), /200 OK[\s\S]*package/)
  for (const path of ['/../secret', '/pool/../../secret', '/%2e%2e/secret', '/..%2fsecret', '//../secret']) {
    const answer = await rawRequest(server.url, path)
    t.regex(answer, /^HTTP\/1\.1 404/, path)
    t.notRegex(answer, /secret$/, path)
  }
})

test('closing ends connections that are still open', async (t) => {
  const { server, folder } = await start(t)
  server.serve(folder)
  const socket = createConnection(Number(new URL(server.url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  await server.close()
  await closed
  await t.throwsAsync(fetch(server.url))
})
