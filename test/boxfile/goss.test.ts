import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { TextRule } from '../../scripts/lib/box/expected.ts'
import { rangeOf, textOf } from '../../scripts/lib/box/goss/text.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { textProblems } from '../../suite/box/expect/text.ts'
import { fixture } from './_files.ts'
import { boxBeside, head } from './_layers.ts'

const load = (t: ExecutionContext, goss: string, box = head, file = 'goss.yaml') =>
  loadBox(boxBeside(t, box, { [file]: goss }), fixture)

/** What becomes of one resource: the assertion, and what is not judged of it. */
const mapped = async (t: ExecutionContext, kind: string, key: string, attributes: string) => {
  const { expect = [] } = await load(t, `${kind}:\n  ${JSON.stringify(key)}: ${attributes}\n`)
  const all = expect.map(({ expected }) => expected)
  const rest = all.flatMap((one) => (one.kind === 'unjudged' ? one.reasons : []))
  const judged = all.filter(({ kind: of }) => of !== 'unjudged')
  return { judged: judged[0] as unknown, rest }
}

for (const [kind, key, attributes, expected] of [
  ['package', 'nginx', '{ installed: true }', { kind: 'package', package: 'nginx', absent: false }],
  ['package', 'nginx', '{ installed: false }', { kind: 'package', package: 'nginx', absent: true }],
  [
    'package',
    'nginx',
    '{ installed: true, versions: ["1.2-3"] }',
    { kind: 'package', package: 'nginx', absent: false, version: { pattern: '^(?:\\d+:)?1\\.2-3$' } },
  ],
  [
    'service',
    'sshd',
    '{ enabled: true, running: false }',
    { kind: 'unit', unit: 'sshd', active: false, enabled: true },
  ],
  [
    'port',
    'tcp:22',
    '{ listening: true, ip: [0.0.0.0] }',
    { kind: 'port', port: 22, protocol: 'tcp', listening: true, among: ['0.0.0.0'] },
  ],
  ['port', 'udp6:53', '{ listening: false }', { kind: 'port', port: 53, protocol: 'udp', listening: false }],
  [
    'file',
    '/etc/x',
    '{ exists: true, mode: "644", owner: root, filetype: directory, size: { le: 9 } }',
    { kind: 'file', path: '/etc/x', absent: false, mode: '0644', owner: 'root', size: { max: 9 }, type: 'folder' },
  ],
  ['file', '/etc/x', '{ exists: false }', { kind: 'file', path: '/etc/x', absent: true }],
  ['file', 'any', '{ exists: true, path: /etc/x, contents: [] }', { kind: 'file', path: '/etc/x', absent: false }],
  [
    'file',
    '/l',
    '{ filetype: symlink, linked-to: /x }',
    { kind: 'file', path: '/l', absent: false, type: 'link', target: '/x' },
  ],
  [
    'user',
    'web',
    '{ exists: true, uid: 7, groups: [a], shell: /s }',
    { kind: 'user', user: 'web', absent: false, groups: ['a'], uid: 7, shell: '/s' },
  ],
  ['group', 'web', '{ exists: true, gid: 7 }', { kind: 'group', group: 'web', absent: false, members: [], gid: 7 }],
  ['process', 'nginx', '{ running: true }', { kind: 'process', process: 'nginx', count: { min: 1 } }],
  ['process', 'nginx', '{ running: false }', { kind: 'process', process: 'nginx', count: { min: 0, max: 0 } }],
  [
    'command',
    'version',
    '{ exec: go version, exit-status: 1, stdout: [go, "!rust"], timeout: 1 }',
    { kind: 'command', words: ['sh', '-c', 'go version'], status: 1, stdout: { contains: ['go'], lacks: ['rust'] } },
  ],
  [
    'http',
    'http://localhost:80/',
    '{ status: 200, body: [Welcome], headers: ["Content-Type: text/html"], allow-insecure: true, no-follow-redirects: true }',
    {
      ...{ kind: 'http', url: 'http://localhost:80/', method: 'GET', insecure: true, status: 200 },
      ...{ body: { contains: ['Welcome'] }, headers: { 'content-type': { contains: ['text/html'] } } },
    },
  ],
  [
    'addr',
    'tcp://127.0.0.1:80',
    '{ reachable: true }',
    { kind: 'command', words: ['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/80'], status: 0 },
  ],
  [
    'kernel-param',
    'vm.swappiness',
    '{ value: "10" }',
    { kind: 'command', words: ['sysctl', '-n', '--', 'vm.swappiness'], status: 0, stdout: { text: '10' } },
  ],
  [
    'mount',
    '/',
    '{ exists: true, filesystem: ext4 }',
    {
      kind: 'command',
      words: ['findmnt', '-n', '-o', 'FSTYPE', '--mountpoint', '/'],
      status: 0,
      stdout: { text: 'ext4' },
    },
  ],
] as const)
  test(`goss: ${kind} ${key} ${attributes}`, async (t) => {
    t.deepEqual(await mapped(t, kind, key, attributes), { judged: expected, rest: [] })
  })

for (const [kind, key, attributes, reason] of [
  ['dns', 'localhost', '{ resolvable: true }', /asks no name server/],
  ['interface', 'eth0', '{ exists: true }', /own network/],
  ['matching', 'x', '{ content: 1, matches: 1 }', /nothing about a machine/],
  ['gossfile', 'other.yaml', '{}', /goss render/],
  ['http', 'https://www.example.org', '{ status: 200 }', /the machine itself only/],
  ['http', 'http://127.0.0.1', '{ status: 200, username: me, password: x }', /username has no counterpart/],
  ['http', 'http://127.0.0.1', '{ status: 200, method: PUT }', /method has no counterpart/],
  ['addr', 'tcp://example.org:80', '{ reachable: true }', /the machine itself only/],
  ['command', 'mysql -phunter22', '{ exit-status: 0 }', /a secret/],
  ['command', 'x', '{ exit-status: { or: [0, 1] } }', /exit-status is not a number/],
  ['port', 'ssh', '{ listening: true }', /not a protocol and a port/],
  ['file', '/x', '{ exists: true, skip: true }', /its author skips it/],
] as const)
  test(`goss: ${kind} ${key} ${attributes} is not judged, with the reason`, async (t) => {
    const { judged, rest } = await mapped(t, kind, key, attributes)
    t.is(judged, undefined)
    t.is(rest.length, 1)
    t.regex(rest[0] ?? '', reason)
  })

test('what has no counterpart is told, and the rest of the resource is judged', async (t) => {
  const { judged, rest } = await mapped(
    t,
    'file',
    '/x',
    '{ exists: true, owner: root, md5: abc, contents: ["/(?i)x/"] }',
  )
  t.like(judged as object, { owner: 'root' })
  t.deepEqual(rest, ['file /x: md5 has no counterpart', 'file /x: contents has no counterpart'])
})

test('matchers of texts are rules that a text keeps or breaks alike', (t) => {
  const holds = (matcher: unknown, text: string): boolean | undefined => {
    const rule: TextRule | undefined = textOf(matcher)
    return rule === undefined ? undefined : textProblems('it', rule, text).length === 0
  }
  t.true(holds(['foo', '!bar', '/^b.z$/'], 'a foo\nbaz\n'))
  t.false(holds(['/^b.z$/'], 'a baz b\n'))
  t.false(holds(['!/b.r/'], 'foo\nbar\n'))
  t.true(holds(['!/b.r/', '!/x/', '/f/'], 'foo\n'))
  t.false(holds(['!/b.r/', '/f/', '/g/'], 'foo\n'))
  t.true(holds(['\\!x'], 'a !x'))
  t.true(holds(['/'], 'a/b'), 'one slash is text')
  t.true(holds({ and: [{ 'have-prefix': 'a.' }, { 'contain-substring': 'b' }] }, 'a.b\n'))
  t.false(holds({ 'have-prefix': 'b' }, 'a\nb\n'), 'the start of the text, not of a line')
  t.true(holds({ 'have-suffix': 'b' }, 'a\nb\n'))
  t.false(holds({ 'have-suffix': 'a' }, 'a\nb\n'))
  t.true(holds({ 'match-regexp': '\\d{2}' }, '42'))
  t.true(holds({ not: { 'contain-substring': 'x' } }, 'y'))
  t.true(holds({ ge: 1, le: 2 }, '2\n'))
  t.true(holds('foo', 'foo\n'))
  for (const matcher of [{ gt: 1 }, { or: ['a'] }, { 'have-len': 3 }, { not: 'x' }, ['/(?P<n>x)/'], [{ gt: 1 }], null])
    t.is(textOf(matcher), undefined, JSON.stringify(matcher))
  t.deepEqual(rangeOf(5), { min: 5, max: 5 })
  t.deepEqual(rangeOf({ ge: 5 }), { min: 5 })
  t.is(rangeOf({ gt: 5 }), undefined)
  t.is(rangeOf('5'), undefined)
})

test('names are unique, and what is not judged is one more assertion and a note', async (t) => {
  const { expect = [], notes = [] } = await load(
    t,
    'file:\n  /a.b: { exists: true }\n  /a/b: { exists: true }\ndns: { x: {} }\n',
  )
  t.deepEqual(
    expect.map(({ name }) => name),
    ['goss-file-a-b', 'goss-file-a-b-2', 'goss'],
  )
  t.regex(notes.join(), /goss\.yaml: 2 resources are judged; expect\.goss lists 1/)
})

test('the box file may name another file, or none', async (t) => {
  const port = 'port: { "tcp:80": { listening: true } }\n'
  const named = await load(t, port, `${head}goss: other/checks.yaml\n`, 'other/checks.yaml')
  t.is(named.expect?.length, 1)
  t.regex(named.goss ?? '', /other\/checks\.yaml$/)
  t.is((await load(t, port, `${head}goss: false\n`)).expect, undefined)
})

for (const [what, goss, message, next, line] of [
  ['a template', '# x\nfile:\n{{range .Vars.x}}\n', /a template/, /goss render/, 3],
  ['a misspelt resource', 'file: { /x: { exists: true } }\nprocces: {}\n', /unknown key "procces"/, /"process"/, 2],
  ['a list', '- file\n', /not a goss\.yaml/, undefined, 1],
  ['an empty file', '# nothing\n', /not a goss\.yaml/, undefined, undefined],
  ['a resource without attributes', 'file:\n  /x: true\n', /file\.\/x is not valid/, undefined, 2],
  ['resources as a list', 'port: [80]\n', /port is not valid/, undefined, 1],
  ['a key twice', 'file: { /x: {} }\nfile: { /y: {} }\n', /file/, undefined, 2],
] as const)
  test(`goss: ${what} is refused with its place`, async (t) => {
    const error = await t.throwsAsync(load(t, goss), { instanceOf: BoxhoundError })
    t.is(error.exitCode, 2)
    t.regex(error.message, message)
    t.regex(error.details.file ?? '', /goss\.yaml$/)
    if (line !== undefined) t.is(error.details.line, line)
    if (next !== undefined) t.regex(error.details.next ?? '', next)
  })

for (const value of ['none.yaml', '7', '/etc/goss.yaml', '[a.yaml]', 'goss.txt', 'true'])
  test(`goss: ${value} in the box file is refused`, async (t) => {
    const error = await t.throwsAsync(load(t, 'file: {}\n', `${head}goss: ${value}\n`), { instanceOf: BoxhoundError })
    t.is(error.details.line, 5)
  })
