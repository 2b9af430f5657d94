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

test('folders are served below their names, each from when it is there', async (t) => {
  const { server, folder } = await start(t)
  const url = server.serve('agent', folder)
  t.is(await (await fetch(`${url}pool/a.deb`)).text(), 'package')
  t.is((await fetch(`${url}pool/b.deb`)).status, 404)
  const other = new URL('../cloud/', url).href
  t.is((await fetch(`${other}secret`)).status, 404)
  t.is(server.serve('cloud', join(folder, '..')), other)
  t.is(await (await fetch(`${other}secret`)).text(), 'secret')
  t.is((await fetch(new URL('/pool/a.deb', url))).status, 404)
})

test('only this machine is listened to', async (t) => {
  const { server, folder } = await start(t)
  t.regex(server.serve('agent', folder), /^http:\/\/127\.0\.0\.1:\d+\/agent\/$/)
})

test('no way leads out of the folder', async (t) => {
  const { server, folder } = await start(t)
  const url = server.serve('agent', folder)
  t.regex(await rawRequest(url, '/agent/pool/a.deb'), /200 OK[\s\S]*package/)
  for (const path of ['/../secret', '/pool/../../secret', '/%2e%2e/secret', '/..%2fsecret', '//../secret']) {
    const answer = await rawRequest(url, `/agent${path}`)
    t.regex(answer, /^HTTP\/1\.1 404/, path)
    t.notRegex(answer, /secret$/, path)
  }
})

test('closing ends connections that are still open', async (t) => {
  const { server, folder } = await start(t)
  const url = server.serve('agent', folder)
  const socket = createConnection(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  await server.close()
  await closed
  await t.throwsAsync(fetch(url))
})
