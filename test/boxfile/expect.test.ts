import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { Assertion } from '../../scripts/lib/box/expected.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { fixture } from './_files.ts'
import { boxBeside, head } from './_layers.ts'

const load = async (t: ExecutionContext, assertion: string): Promise<Assertion | undefined> => {
  const { expect = [] } = await loadBox(boxBeside(t, `${head}expect:\n  a: ${assertion}\n`, {}), fixture)
  return expect[0]
}

for (const [given, expected] of [
  ['{ command: [nginx, -t] }', { kind: 'command', words: ['nginx', '-t'], status: 0 }],
  [
    '{ command: "echo 5", user: www-data, status: 3, stdout: "5", stderr: { lacks: x, max: 4 } }',
    {
      ...{ kind: 'command', words: ['bash', '-c', 'echo 5'], user: 'www-data', status: 3 },
      ...{ stdout: { text: '5' }, stderr: { lacks: ['x'], max: 4 } },
    },
  ],
  ['{ file: /etc }', { kind: 'file', path: '/etc', absent: false }],
  ['{ file: /etc, absent: true }', { kind: 'file', path: '/etc', absent: true }],
  [
    '{ file: /a, mode: "640", group: adm, contains: [x, y], size: { max: 0 } }',
    {
      ...{ kind: 'file', path: '/a', absent: false, mode: '0640', group: 'adm', size: { max: 0 } },
      content: { contains: ['x', 'y'] },
    },
  ],
  ['{ port: 80 }', { kind: 'port', port: 80, protocol: 'tcp', listening: true }],
  [
    '{ port: 53, protocol: udp, address: "::1", listening: false }',
    { kind: 'port', port: 53, protocol: 'udp', address: '::1', listening: false },
  ],
  ['{ unit: nginx }', { kind: 'unit', unit: 'nginx', active: true }],
  ['{ unit: a@b.timer, enabled: false }', { kind: 'unit', unit: 'a@b.timer', enabled: false }],
  [
    '{ http: "http://localhost:8080/a?b=1", headers: { Content-Type: text/html } }',
    {
      ...{ kind: 'http', url: 'http://localhost:8080/a?b=1', method: 'GET', insecure: false, status: 200 },
      headers: { 'content-type': { text: 'text/html' } },
    },
  ],
  [
    '{ package: g++, held: true, version: "1:2.0-1" }',
    { kind: 'package', package: 'g++', absent: false, version: { text: '1:2.0-1' }, held: true },
  ],
  ['{ user: web, group: www }', { kind: 'user', user: 'web', absent: false, group: 'www', groups: [] }],
  ['{ group: web, gid: 0 }', { kind: 'group', group: 'web', absent: false, gid: 0, members: [] }],
  ['{ process: nginx }', { kind: 'process', process: 'nginx', count: { min: 1 } }],
  [
    '{ process: nginx, user: www-data, count: 3 }',
    { kind: 'process', process: 'nginx', user: 'www-data', count: { min: 3, max: 3 } },
  ],
  ['{ process: nginx, absent: true }', { kind: 'process', process: 'nginx', count: { min: 0, max: 0 } }],
] as const)
  test(`an assertion: ${given}`, async (t) => {
    t.deepEqual((await load(t, given))?.expected as unknown, expected)
  })

test('an assertion has a title and a deadline, its own or the usual ones', async (t) => {
  t.like(await load(t, '{ port: 80 }'), { name: 'a', title: 'tcp port 80 listens', within: 30 })
  t.like(await load(t, '{ port: 80, title: The site, within: 300 }'), { title: 'The site', within: 300 })
})

const problems = (error: BoxhoundError): readonly BoxhoundError[] =>
  error.details.cause instanceof AggregateError ? error.details.cause.errors : [error]

for (const [what, text, message, next] of [
  ['a list', 'expect: [a]', /expect is not valid/, undefined],
  ['an empty map', 'expect: {}', /expect is not valid/, undefined],
  ['a number', 'expect: { a: 80 }', /expect\.a is not valid/, undefined],
  ['an assertion that says nothing', 'expect: { a: {} }', /expect\.a is not valid/, /add what/],
  ['a misspelt kind', 'expect: { a: { comand: x } }', /expect\.a is not valid/, /did you mean "command"/],
  [
    'a misspelt key',
    'expect: { a: { port: 80, lisening: true } }',
    /unknown key "lisening"/,
    /did you mean "listening"/,
  ],
  ['a key of another kind', 'expect: { a: { port: 80, mode: "0644" } }', /unknown key "mode"/, undefined],
  ['two kinds in one', 'expect: { a: { port: 80, file: /x } }', /expect\.a is not valid/, /file, port/],
  ['a misspelt rule', 'expect: { a: { command: x, stdout: { patern: x } } }', /unknown key "patern"/, /"pattern"/],
  ['an empty rule', 'expect: { a: { command: x, stdout: {} } }', /expect\.a\.stdout is not valid/, undefined],
  ['bounds the wrong way round', 'expect: { a: { command: x, stdout: { min: 2, max: 1 } } }', /stdout/, undefined],
  ['a wrong pattern', 'expect: { a: { command: x, stdout: { pattern: "(" } } }', /stdout\.pattern/, undefined],
  ['an empty command', 'expect: { a: { command: [] } }', /a\.command/, undefined],
  ['a command of blanks', 'expect: { a: { command: "  " } }', /a\.command/, undefined],
  ['a status out of range', 'expect: { a: { command: x, status: 256 } }', /a\.status/, undefined],
  ['a port in quotes', 'expect: { a: { port: "80" } }', /a\.port/, /remove the quotes/],
  ['a port that there is not', 'expect: { a: { port: 65536 } }', /a\.port/, undefined],
  ['a host name as an address', 'expect: { a: { port: 80, address: localhost } }', /a\.address/, undefined],
  ['another machine', 'expect: { a: { http: "http://example.org/" } }', /a\.http/, undefined],
  [
    'an address that only looks like loopback',
    'expect: { a: { http: "http://127.0.0.1.example.org/" } }',
    /a\.http/,
    undefined,
  ],
  ['another protocol', 'expect: { a: { http: "ftp://127.0.0.1/" } }', /a\.http/, undefined],
  ['a relative path', 'expect: { a: { file: etc/x } }', /a\.file/, undefined],
  ['a path that leads up', 'expect: { a: { file: /etc/../x } }', /a\.file/, undefined],
  ['more about what is absent', 'expect: { a: { file: /x, absent: true, owner: web } }', /a\.owner/, /remove owner/],
  ['absent: false', 'expect: { a: { file: /x, absent: false } }', /a\.absent/, undefined],
  ['no time', 'expect: { a: { port: 80, within: 0 } }', /a\.within/, undefined],
  ['a name with a dot', 'expect: { a.b: { port: 80 } }', /a\.b is not a valid name/, /rename/],
  ['a name in capitals', 'expect: { Site: { port: 80 } }', /Site is not a valid name/, /rename/],
  ['a name twice', 'expect: { a: { port: 80 }, a: { port: 81 } }', /a/, undefined],
] as const)
  test(`expect: ${what} is refused with its place`, async (t) => {
    const error = await t.throwsAsync(loadBox(boxBeside(t, `${head}${text}\n`, {}), fixture), {
      instanceOf: BoxhoundError,
    })
    t.is(error.exitCode, 2)
    const [first] = problems(error)
    t.is(problems(error).length, 1, error.message)
    t.regex(first?.message ?? '', message)
    t.is(first?.details.line, 5)
    t.truthy(first?.details.expected)
    if (next !== undefined) t.regex(first?.details.next ?? '', next)
  })

for (const [what, assertion] of [
  ['a password as an option', '{ command: "mysql --password=hunter22 -e x" }'],
  ['a password in another word', '{ command: [psql, --password, hunter22] }'],
  ['a password of mysql', '{ command: [mysql, -phunter22] }'],
  ['a variable', '{ command: "PGPASSWORD=hunter22 psql -l" }'],
  ['a login in an address', '{ command: [curl, "http://me:hunter22@127.0.0.1/"] }'],
  ['a login in an address to ask', '{ http: "http://me:hunter22@127.0.0.1/" }'],
] as const)
  test(`expect: ${what} is refused, and not quoted`, async (t) => {
    const error = await t.throwsAsync(load(t, assertion), { instanceOf: BoxhoundError })
    t.notRegex(`${error.message} ${JSON.stringify(error.details)}`, /hunter22/)
  })

for (const assertion of [
  '{ command: "mkdir -p /x && cat password" }',
  '{ command: "mysql -p$MYSQL_PWD -e x" }',
  '{ command: [grep, -c, password, /etc/pam.d/common-auth] }',
  '{ command: "TOKEN=$(cat /etc/token) && test -n \\"$TOKEN\\"" }',
  '{ command: [ssh, -p22, localhost] }',
] as const)
  test(`no secret is seen in ${assertion}`, async (t) => {
    await t.notThrowsAsync(load(t, assertion))
  })
