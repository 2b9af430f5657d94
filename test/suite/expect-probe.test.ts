import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as listen } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { type Facts, factsOf } from '../../suite/box/expect/facts.ts'
import { createProber, type Run } from '../../suite/box/prober.ts'

/** The probe on this machine. */
const here: Run = ([program = '', ...words], options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'] })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? 1, stdout, stderr, seconds: 0 }))
    child.stdin.end(options.stdin ?? '')
  })

const probe = createProber(here)

const ask = async <K extends keyof Facts>(kind: K, asked: object): Promise<Facts[K]> =>
  factsOf[kind].parse(await probe('expect', { kind, ...asked })) as Facts[K]

const folderOf = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('a file, a link to it and one to nothing, a folder, and what is not there', async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'a b')
  writeFileSync(file, 'héllo\n')
  chmodSync(file, 0o640)
  symlinkSync('a b', join(folder, 'link'))
  symlinkSync('nowhere', join(folder, 'lost'))
  const owner = userInfo().username
  const facts = { exists: true, type: 'file', mode: '0640', owner, size: 7 }
  t.like(await ask('file', { path: file }), { ...facts, content: '', sha256: '' })
  t.like(await ask('file', { path: file, content: {}, sha256: 'x' }), { content: 'héllo\n', sha256: sha256('héllo\n') })
  t.like(await ask('file', { path: join(folder, 'link') }), { ...facts, target: 'a b' })
  t.like(await ask('file', { path: join(folder, 'link'), type: 'link' }), { type: 'link', target: 'a b' })
  t.like(await ask('file', { path: join(folder, 'lost') }), { exists: true, type: 'link to nothing' })
  t.like(await ask('file', { path: folder, content: {} }), { type: 'folder', content: '' })
  t.false((await ask('file', { path: join(folder, 'none') })).exists)
  t.false((await ask('file', { path: join(file, 'below a file') })).exists)
})

test('a port that listens, on its addresses, and a silent one', async (t) => {
  const server = listen().listen(0, '127.0.0.1')
  const wide = listen().listen(0, '::')
  await Promise.all([server, wide].map((one) => new Promise((resolve) => one.once('listening', resolve))))
  const portOf = (one: typeof server): number => (one.address() as AddressInfo).port
  const port = portOf(server)
  t.deepEqual(await ask('port', { port, protocol: 'tcp' }), { addresses: ['127.0.0.1'] })
  t.deepEqual(await ask('port', { port, protocol: 'udp' }), { addresses: [] })
  t.deepEqual(await ask('port', { port: portOf(wide), protocol: 'tcp' }), { addresses: ['::'] })
  await Promise.all([server, wide].map((one) => new Promise((resolve) => one.close(resolve))))
  t.deepEqual(await ask('port', { port, protocol: 'tcp' }), { addresses: [] })
})

test('accounts: root, its group, and nobody that there is', async (t) => {
  t.like(await ask('user', { user: 'root' }), { exists: true, uid: 0, group: 'root', home: '/root' })
  t.like(await ask('group', { group: 'root' }), { exists: true, gid: 0 })
  t.true((await ask('group', { group: 'root' })).members.includes('root'), 'whose primary group it is')
  t.false((await ask('user', { user: 'no-such-user' })).exists)
  t.false((await ask('group', { group: 'no-such-group' })).exists)
})

test('a process by the name of its program, long or short', async (t) => {
  const folder = folderOf(t)
  const name = 'a-program-with-a-long-name'
  symlinkSync('/bin/sleep', join(folder, name))
  const child = spawn(join(folder, name), ['60'])
  t.teardown(() => child.kill())
  await new Promise((resolve) => child.once('spawn', resolve))
  t.deepEqual(
    (await ask('process', { process: name })).processes.map(({ pid }) => pid),
    [child.pid],
  )
  t.deepEqual((await ask('process', { process: 'a-program-with-another' })).processes, [])
})

test('an answer with its headers, one with a status, and none', async (t) => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/a?b=1' ? 200 : 404
    response.setHeader('X-Host', request.headers.host ?? '')
    response.end(request.method === 'HEAD' ? '' : 'hello')
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const asked = { method: 'GET', insecure: false }
  t.like(await ask('http', { ...asked, url: `${at}/a?b=1` }), { status: 200, body: 'hello', error: '' })
  const other = await ask('http', { ...asked, url: at, host: 'site.example' })
  t.like(other, { status: 404 })
  t.is(other.headers['x-host'], 'site.example')
  t.like(await ask('http', { ...asked, method: 'HEAD', url: at }), { status: 404, body: '' })
  await new Promise((resolve) => server.close(resolve))
  t.regex((await ask('http', { ...asked, url: at })).error, /refused/i)
})
