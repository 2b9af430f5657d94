import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { findDamaged } from '../../scripts/lib/cache/integrity.ts'
import { listRecords } from '../../scripts/lib/cache/store.ts'
import { emptyProject } from '../cache/_store.ts'
import { serve } from '../fetch/_server.ts'
import { type Debian, dockerRegistry, program } from './_docker-registry.ts'
import { connect, fullStore, makeLayer, plan, pull, push } from './_layers.ts'
import { fakeRegistry } from './_registry.ts'

const installed = existsSync(program) ? test : test.skip

installed('Debian’s docker-registry takes layers, and gives them back to the byte', async (t) => {
  const registry = await dockerRegistry(t)
  const { project, layers } = await fullStore(t)
  const first = await push(connect(t, registry), layers, project)
  t.is(first.states, 'image:sent base:sent checks:sent seal:sent')
  const again = await push(connect(t, registry), layers, project)
  t.is(again.states, 'image:there base:there checks:there seal:there')
  const to = await emptyProject(t)
  const { names, lines } = await pull([connect(t, registry)], to)
  t.is(names, 'image base checks seal')
  t.deepEqual(lines, [])
  t.deepEqual(await findDamaged(to, await listRecords(to)), [])
})

installed('a byte flipped on its disk is found, and what is below it kept', async (t) => {
  const registry = await dockerRegistry(t)
  const { project, layers } = await fullStore(t)
  await push(connect(t, registry), layers.slice(0, 1), project)
  const before = new Set(readdirSync(registry.blobs, { recursive: true }).map(String))
  await push(connect(t, registry), layers.slice(0, 2), project)
  const added = readdirSync(registry.blobs, { recursive: true })
    .map(String)
    .filter((name) => !before.has(name))
  const data = added.map((name) => join(registry.blobs, name)).filter((name) => name.endsWith('/data'))
  const blob = data.find((name) => readFileSync(name).length > 300_000) ?? ''
  const content = readFileSync(blob)
  content[150_000] = (content[150_000] ?? 0) ^ 1
  writeFileSync(blob, content)
  const to = await emptyProject(t)
  const { names, lines } = await pull([connect(t, registry)], to)
  t.is(names, 'image')
  t.is(lines.length, 1)
  t.regex(lines[0] ?? '', /^layer "base" of .* \(its blob does not match its digest/)
})

/** A proxy before a registry that breaks the n-th upload's connection after so many bytes. */
const breaking = async (t: ExecutionContext, { host }: Debian, cut: number): Promise<{ host: string }> => {
  let broken = false
  const proxy = await serve(t, async (request, response) => {
    const { method = 'GET', url = '', headers } = request
    const body: Buffer[] = []
    let bytes = 0
    const { request: ask } = await import('node:http')
    const [hostname, port] = host.split(':')
    const onward = ask({ hostname, port, method, path: url, headers: { ...headers, host: proxyHost } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    }).on('error', () => response.destroy())
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      body.push(chunk)
      onward.write(chunk)
      if (method !== 'PATCH' || broken || bytes < cut) return
      broken = true
      onward.destroy()
      request.socket.destroy()
    })
    request.on('end', () => onward.end())
  })
  const proxyHost = `127.0.0.1:${proxy.port}`
  return { host: proxyHost }
}

installed('an upload that breaks off on the way to it ends well', async (t) => {
  const registry = await dockerRegistry(t)
  const project = await emptyProject(t)
  const layer = await makeLayer(project, 'image', null, { size: 3_000_000 })
  const { states, lines } = await push(connect(t, await breaking(t, registry, 1_000_000)), [layer], project)
  t.is(states, 'image:sent')
  // This one drops what came of a broken piece; others go on (push.test.ts).
  t.true(lines.includes('restarting the upload'), lines.join('\n'))
  t.is((await pull([connect(t, registry)], await emptyProject(t), plan.slice(0, 1))).names, 'image')
})

installed('once it has died, what another registry has is pulled on', async (t) => {
  const registry = await dockerRegistry(t)
  const fake = await fakeRegistry(t)
  const { project, layers } = await fullStore(t)
  await push(connect(t, registry), layers.slice(0, 2), project)
  await push(connect(t, fake), layers, project)
  registry.process.kill('SIGKILL')
  const { names, lines } = await pull([connect(t, registry), connect(t, fake)], await emptyProject(t))
  t.is(names, 'image base checks seal')
  t.is(lines.length, 1)
})
