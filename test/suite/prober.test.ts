import { spawnSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import test from 'ava'
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
  const answers = await createProber(onHost)('routes', { port, marker, paths: ['/a', '/gone'] })
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
  const [answer] = (await createProber(onHost)('routes', { port, marker: 'm', paths: ['/'] })) as {
    status: number
    error: string
  }[]
  t.is(answer?.status, 0)
  t.not(answer?.error, '')
})

for (const [name, input] of [
  ['secrets', { fresh: false, keys: [] }],
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
