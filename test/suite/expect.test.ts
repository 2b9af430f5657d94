import test from 'ava'
import { judgeCommand, judgePackage, judgeUnit, unitCommand, wordsOf } from '../../suite/box/expect/commands.ts'
import { judgeFile, judgeGroup, judgeHttp, judgePort, judgeProcess, judgeUser } from '../../suite/box/expect/judge.ts'
import { textProblems } from '../../suite/box/expect/text.ts'

test('a text: whole, parts, pattern and bounds, each red by itself', (t) => {
  const red = (rule: Parameters<typeof textProblems>[1], text: string): boolean =>
    textProblems('stdout', rule, text).length > 0
  t.false(red({ text: 'a' }, 'a\n'))
  t.true(red({ text: 'a' }, 'ab\n'))
  t.true(red({ text: '' }, ' \n'))
  t.false(red({ text: '' }, '\n'))
  t.false(red({ contains: ['a', 'b'] }, 'b a'))
  t.true(red({ contains: ['a', 'b'] }, 'a'))
  t.true(red({ lacks: ['a'] }, 'a'))
  t.false(red({ pattern: '^b$' }, 'a\nb\nc'), 'a line')
  t.true(red({ pattern: '^b$' }, 'abc'))
  t.false(red({ min: 1, max: 2 }, ' 1.5\n'))
  t.true(red({ min: 2 }, '1'))
  t.true(red({ max: 2 }, '3'))
  for (const text of ['', 'x', '1 2', '0x10', 'NaN', 'Infinity', '1_000']) t.true(red({ min: -1 }, text), text)
  t.true(red({ text: 'a', contains: ['b'] }, 'a'), 'every part counts')
  t.regex(textProblems('stdout', { pattern: '^(a+)+$' }, `${'a'.repeat(40)}!`).join(), /did not finish/)
})

const output = (code: number, stdout = '', stderr = '') => ({ code, stdout, stderr })
const command = { kind: 'command', words: ['a'], status: 0 } as const

test('a command: status and output; its user runs it', (t) => {
  t.true(judgeCommand(command, output(0)).passed)
  const red = judgeCommand(command, output(2, 'out', 'no such thing'))
  t.false(red.passed)
  t.is(red.observed, 'exit status 2, not 0: no such thing')
  t.true(judgeCommand({ ...command, status: 2 }, output(2)).passed)
  t.false(judgeCommand({ ...command, stdout: { text: 'x' } }, output(0, 'y')).passed)
  t.false(judgeCommand({ ...command, stderr: { text: '' } }, output(0, '', 'y')).passed)
  t.deepEqual(wordsOf({ ...command, user: 'web' }), ['runuser', '-u', 'web', '--', 'a'])
})

const shown = (active: string, file: string, load = 'loaded') =>
  output(0, `LoadState=${load}\nActiveState=${active}\nSubState=x\nUnitFileState=${file}\n`)

test('a unit: active, enabled, and what is not there', (t) => {
  const unit = { kind: 'unit', unit: 'nginx' } as const
  t.is(unitCommand(unit).at(-1), 'nginx.service')
  t.is(unitCommand({ ...unit, unit: 'a.timer' }).at(-1), 'a.timer')
  t.true(judgeUnit({ ...unit, active: true, enabled: true }, shown('active', 'enabled')).passed)
  for (const state of ['inactive', 'failed', 'activating', 'deactivating'])
    t.false(judgeUnit({ ...unit, active: true }, shown(state, 'enabled')).passed, state)
  t.false(judgeUnit({ ...unit, active: false }, shown('active', 'enabled')).passed)
  t.false(judgeUnit({ ...unit, enabled: true }, shown('active', 'disabled')).passed)
  t.false(judgeUnit({ ...unit, enabled: false }, shown('active', 'enabled')).passed)
  t.false(judgeUnit({ ...unit, active: true }, shown('inactive', '', 'not-found')).passed)
  t.true(judgeUnit({ ...unit, active: false }, shown('inactive', '', 'not-found')).passed)
  t.false(judgeUnit({ ...unit, active: false }, output(1, '', 'no bus')).passed, 'nothing was seen')
})

test('a package: there, its version, held, or not there', (t) => {
  const one = { kind: 'package', package: 'nginx', absent: false, query: { command: ['q'], held: 'hi' } } as const
  t.true(judgePackage(one, output(0, '1.26-1 ii ')).passed)
  t.false(judgePackage(one, output(1, '')).passed)
  t.false(judgePackage(one, output(0, '1.26-1 rc ')).passed, 'only its configuration is left')
  t.false(judgePackage({ ...one, version: { text: '1.27-1' } }, output(0, '1.26-1 ii ')).passed)
  t.true(judgePackage({ ...one, held: true }, output(0, '1.26-1 hi ')).passed)
  t.false(judgePackage({ ...one, held: true }, output(0, '1.26-1 ii ')).passed)
  t.false(judgePackage({ ...one, held: false }, output(0, '1.26-1 hi ')).passed)
  t.true(judgePackage({ ...one, absent: true }, output(1)).passed)
  t.true(judgePackage({ ...one, absent: true }, output(0, ' un ')).passed)
  t.false(judgePackage({ ...one, absent: true }, output(0, '1.26-1 ii ')).passed)
})

const file = {
  ...{ exists: true, type: 'file', mode: '0644', owner: 'root', group: 'adm', size: 5 },
  ...{ sha256: 'ab', target: '', content: 'hello' },
}

test('a file: each of its facts is red by itself', (t) => {
  const wanted = { kind: 'file', path: '/a', absent: false } as const
  const good = {
    type: 'file',
    mode: '0644',
    owner: 'root',
    group: 'adm',
    size: { min: 5, max: 5 },
    sha256: 'ab',
  } as const
  t.true(judgeFile({ ...wanted, ...good, content: { text: 'hello' } }, file).passed)
  for (const bad of [
    ...[{ type: 'folder' }, { mode: '0600' }, { owner: 'web' }, { group: 'web' }, { size: { max: 4 } }],
    ...[{ size: { min: 6 } }, { sha256: 'cd' }, { target: '/b' }, { content: { contains: ['x'] } }],
  ] as const)
    t.false(judgeFile({ ...wanted, ...good, ...bad }, file).passed, JSON.stringify(bad))
  t.false(judgeFile(wanted, { ...file, exists: false }).passed)
  t.true(judgeFile({ ...wanted, absent: true }, { ...file, exists: false }).passed)
  t.false(judgeFile({ ...wanted, absent: true }, file).passed)
  t.false(judgeFile({ ...wanted, content: { lacks: ['x'] } }, { ...file, type: 'folder' }).passed, 'no text was read')
})

test('a port: listening, on which address only, or silent', (t) => {
  const port = { kind: 'port', port: 80, protocol: 'tcp', listening: true } as const
  t.true(judgePort(port, { addresses: ['0.0.0.0', '::'] }).passed)
  t.false(judgePort(port, { addresses: [] }).passed)
  t.true(judgePort({ ...port, address: '127.0.0.1' }, { addresses: ['127.0.0.1'] }).passed)
  t.regex(judgePort({ ...port, address: '127.0.0.1' }, { addresses: ['0.0.0.0'] }).observed, /listens on 0\.0\.0\.0/)
  t.false(judgePort({ ...port, address: '127.0.0.1' }, { addresses: ['127.0.0.1', '::'] }).passed)
  t.true(judgePort({ ...port, listening: false }, { addresses: [] }).passed)
  t.false(judgePort({ ...port, listening: false }, { addresses: ['::'] }).passed)
  t.true(judgePort({ ...port, listening: false, address: '::' }, { addresses: ['127.0.0.1'] }).passed)
})

test('a user and a group: each of their facts is red by itself', (t) => {
  const user = { exists: true, uid: 7, group: 'a', groups: ['a', 'b'], home: '/h', shell: '/s' }
  const wanted = { kind: 'user', user: 'u', absent: false, groups: [] } as const
  t.true(judgeUser({ ...wanted, uid: 7, group: 'a', groups: ['b'], home: '/h', shell: '/s' }, user).passed)
  for (const bad of [{ uid: 8 }, { group: 'b' }, { groups: ['c'] }, { home: '/' }, { shell: '/' }])
    t.false(judgeUser({ ...wanted, ...bad }, user).passed, JSON.stringify(bad))
  t.false(judgeUser(wanted, { ...user, exists: false }).passed)
  t.false(judgeUser({ ...wanted, absent: true }, user).passed)
  const group = { exists: true, gid: 7, members: ['u'] }
  const asked = { kind: 'group', group: 'g', absent: false, members: [] } as const
  t.true(judgeGroup({ ...asked, gid: 7, members: ['u'] }, group).passed)
  for (const bad of [{ gid: 8 }, { members: ['v'] }]) t.false(judgeGroup({ ...asked, ...bad }, group).passed)
  t.false(judgeGroup(asked, { ...group, exists: false }).passed)
  t.false(judgeGroup({ ...asked, absent: true }, group).passed)
})

test('processes: how many, and whose', (t) => {
  const processes = [
    { pid: 1, user: 'root' },
    { pid: 2, user: 'web' },
  ]
  const wanted = { kind: 'process', process: 'nginx', count: { min: 1 } } as const
  t.true(judgeProcess(wanted, { processes }).passed)
  t.false(judgeProcess(wanted, { processes: [] }).passed)
  t.false(judgeProcess({ ...wanted, user: 'other' }, { processes }).passed)
  t.false(judgeProcess({ ...wanted, user: 'web', count: { min: 2 } }, { processes }).passed)
  t.false(judgeProcess({ ...wanted, count: { min: 0, max: 0 } }, { processes }).passed)
  t.true(judgeProcess({ ...wanted, count: { min: 0, max: 0 } }, { processes: [] }).passed)
})

test('an answer: status, body, headers, or none', (t) => {
  const answer = { status: 200, headers: { 'content-type': 'text/html' }, body: 'Welcome', error: '' }
  const wanted = {
    kind: 'http',
    url: 'http://127.0.0.1/',
    method: 'GET',
    insecure: false,
    status: 200,
    headers: {},
  } as const
  t.true(judgeHttp({ ...wanted, headers: { 'content-type': { contains: ['html'] } } }, answer).passed)
  t.false(judgeHttp({ ...wanted, status: 404 }, answer).passed)
  t.false(judgeHttp({ ...wanted, body: { text: 'Bye' } }, answer).passed)
  t.false(judgeHttp({ ...wanted, headers: { location: { contains: ['x'] } } }, answer).passed)
  t.is(judgeHttp(wanted, { status: 0, headers: {}, body: '', error: 'refused' }).observed, 'refused')
})
