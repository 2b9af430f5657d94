import { spawnSync } from 'node:child_process'
import { appendFile, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { secretShapes } from '../../scripts/lib/box/secret-shapes.ts'
import type { Guest } from '../../suite/box/guest.ts'
import { createProber } from '../../suite/box/prober.ts'

let runs = 0

/** The host's own Python in the place of the guest's. */
const onHost: Guest['run'] = async ([program = '', ...words], { stdin = '' } = {}) => {
  runs += 1
  const { spawn } = await import('node:child_process')
  const child = spawn(program, words)
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  child.stdin.end(stdin)
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)))
  return { code, stdout, stderr, seconds: 0 }
}

test.serial(
  'probes that are asked for together share one interpreter, and one that fails disturbs no other',
  async (t) => {
    const probe = createProber(onHost)
    runs = 0
    const [users, identity, records] = await Promise.allSettled([
      probe('users'),
      probe('identity', { required: [] }),
      probe('records', { log: '/nonexistent' }),
    ])
    t.is(runs, 1)
    t.like(users, { status: 'fulfilled' })
    t.like(identity, { status: 'rejected', reason: { code: 'E_PROBE' } })
    t.regex(JSON.stringify(identity), /first-boot\.json/)
    t.is(records.status, 'rejected')
  },
)

test('a probe without a document in its output is an error that tells why', async (t) => {
  const probe = createProber(async () => ({ code: 127, stdout: '', stderr: 'python3: not found', seconds: 0 }))
  await t.throwsAsync(probe('users'))
})

test('input reaches a probe byte for byte, and routes are asked with the marker', async (t) => {
  const seen: (string | undefined)[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers['user-agent'])
    response.statusCode = request.url === '/gone' ? 404 : 200
    response.end(`body "of" ${request.url} é`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const marker = `it's "quoted" \\n $(id)`
  const log = '/no/such/log'
  const told = await createProber(onHost)('routes', { port, marker, paths: ['/a', '/gone'], log })
  const { answers, log: position } = told as { answers: unknown; log: unknown }
  t.deepEqual(position, { inode: 0, size: 0 })
  t.deepEqual(answers, [
    { path: '/a', status: 200, body: 'body "of" /a é', error: '' },
    { path: '/gone', status: 404, body: 'body "of" /gone é', error: '' },
  ])
  t.deepEqual(seen, [marker, marker])
})

test('a route on which nothing answers is told, not thrown', async (t) => {
  const server = createTcpServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const told = await createProber(onHost)('routes', { port, marker: 'm', paths: ['/'], log: '/no/such/log' })
  const [answer] = (told as { answers: { status: number; error: string }[] }).answers
  t.is(answer?.status, 0)
  t.not(answer?.error, '')
})

for (const [name, input] of [
  ['secrets', { fresh: false, keys: [], shapes: secretShapes }],
  ['keys', null],
] as const) {
  for (const seen of ['listed', 'listed and measured']) {
    test(`a file that is gone once it was ${seen} ends the probe ${name} in nothing found`, async (t) => {
      const prelude = [
        'import os',
        "os.walk = lambda folder: iter([(folder, [], ['registry.json.tmp'])])",
        'os.path.isfile = lambda path: True',
        ...(seen === 'listed' ? [] : ['os.path.getsize = lambda path: 1']),
        '',
      ].join('\n')
      const racing: Guest['run'] = (words, options = {}) =>
        onHost(words, { ...options, stdin: `${prelude}${options.stdin ?? ''}` })
      t.deepEqual(await createProber(racing)(name, input), [])
    })
  }
}

test('records of a log are those since a position, also across a rotation; what is no JSON counts whenever it was written', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const log = join(folder, 'app.log')
  // As this user, whoever it is: becoming dd-agent is the machine's business.
  const prelude = [
    'import os, pwd',
    'pwd.getpwnam = lambda name: pwd.getpwuid(os.getuid())',
    'os.initgroups = os.setgid = os.setuid = lambda *_: None',
    '',
  ].join('\n')
  const here: Guest['run'] = (words, options = {}) =>
    onHost(words, { ...options, stdin: `${prelude}${options.stdin ?? ''}` })
  const read = async (since: { inode: number; size: number }) =>
    (await createProber(here)('records', { log, since })) as { records: { n: number }[]; broken: number; error: string }
  const numbers = async (since: { inode: number; size: number }) => (await read(since)).records.map(({ n }) => n)
  await writeFile(log, '{"n":1}\nTraceback\n{"n":2}\n')
  const { ino: inode, size } = await stat(log)
  t.deepEqual(await read({ inode, size }), { error: '', records: [], broken: 1 })
  await appendFile(log, '{"n":3}\n')
  t.deepEqual(await numbers({ inode, size }), [3])
  await rename(log, `${log}.1`)
  await writeFile(log, '{"n":4}\n')
  t.deepEqual(await numbers({ inode, size }), [3, 4])
  t.deepEqual(await numbers({ inode: 0, size: 0 }), [4], 'a log that was not there')
  await rm(log)
  t.regex((await read({ inode, size })).error, /No such file/)
})

test('every probe is Python', async (t) => {
  const folder = new URL('../../suite/box/probes/', import.meta.url)
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.py'))) {
    const input = await readFile(new URL(name, folder), 'utf8')
    const { status, stderr } = spawnSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], {
      input,
      encoding: 'utf8',
    })
    t.is(status, 0, `${name}: ${stderr}`)
  }
})
