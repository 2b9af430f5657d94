import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { hostsIn, oneHost } from '../../scripts/lib/hosts/select.ts'
import { matches, sshNames } from '../../scripts/lib/hosts/ssh-names.ts'

const folder = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
test.after.always(() => rmSync(folder, { recursive: true }))
const key = join(folder, 'id')
execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
const print = `SHA256:${'A'.repeat(43)}`

let files = 0
const fileOf = (text: string): string => {
  files += 1
  const file = join(folder, `hosts-${files}`)
  writeFileSync(file, text)
  return file
}

test('an inventory: what a group says holds for its hosts, what a host says wins', (t) => {
  const file = fileOf(`
user: ops
tags: [env:prod]
hosts:
  - db1.example
  - { host: 192.0.2.7, name: db2, port: 2222, user: root, key: id, hostKey: "${print}", tags: [role:db] }
groups:
  web: { user: deploy, tags: [role:web], hosts: [web1, db1.example, { host: "2001:db8::1", name: web2 }] }
`)
  t.deepEqual(hostsIn(file, [], {}).wishes, [
    { name: 'db1.example', host: 'db1.example', user: 'ops', tags: ['env:prod', 'role:web'] },
    { name: 'db2', host: '192.0.2.7', port: 2222, user: 'root', key, hostKey: print, tags: ['role:db', 'env:prod'] },
    { name: 'web1', host: 'web1', user: 'deploy', tags: ['role:web', 'env:prod'] },
    { name: 'web2', host: '2001:db8::1', user: 'deploy', tags: ['role:web', 'env:prod'] },
  ])
})

test('the command line fills in what the inventory leaves open', (t) => {
  const file = fileOf('hosts: [a, { host: b, user: root }]')
  t.deepEqual(
    hostsIn(file, [], { user: 'ops', key, port: '22' }).wishes.map(({ user, key: one, port }) => [user, one, port]),
    [
      ['ops', key, 22],
      ['root', key, 22],
    ],
  )
})

test('ssh_config: every Host that is no pattern, selected by --match', (t) => {
  const file = fileOf('# mine\nHost db-1 db-2 *.example\n  User ops\nhost="web 1" !x\nMatch host y\nHost *\n')
  const { wishes, config } = hostsIn(file, ['db-*'], {})
  t.deepEqual(
    wishes.map(({ name }) => name),
    ['db-1', 'db-2'],
  )
  t.is(config, file)
})

test('patterns are those of ssh_config', (t) => {
  t.true(matches('db-1', 'db-?'))
  t.true(matches('DB-1', 'db*'))
  t.false(matches('db-10', 'db-?'))
  t.false(matches('dbx1', 'db.1'))
  t.deepEqual(sshNames('Host a "b" # c\nHOST=d\n  Host e\nHostName f\n'), ['a', 'b', 'd', 'e'])
})

const refused = test.macro((t, text: string, said: RegExp, patterns: readonly string[] = []) => {
  const error = t.throws(() => hostsIn(fileOf(text), patterns, {}), { instanceOf: BoxhoundError })
  t.is(error.exitCode, 2)
  t.regex(formatError(error), said)
})
test(
  'an unknown key names the nearest',
  refused,
  'hosts: [{ host: a, prot: 22 }]',
  /:1:\d+: unknown key "prot"[\s\S]*did you mean "port"/,
)
test('a port out of range', refused, 'hosts: [{ host: a, port: 70000 }]', /a port from 1 to 65535[\s\S]*70000/)
test('half a fingerprint', refused, 'hosts: [{ host: a, hostKey: "SHA256:x" }]', /a fingerprint such as/)
test('a name that ssh would take for an option', refused, 'hosts: [-oProxyCommand=x]', /not a host name/)
test('a host twice in one list', refused, 'hosts: [a, a]', /a is listed twice/)
test('no hosts', refused, 'hosts: []', /at least one host/)
test('neither hosts nor groups', refused, 'user: ops', /the inventory has no hosts/)
test('a list in the place of a map', refused, '- a\n- b', /a map of keys and values/)
test('an empty file', refused, '', /is empty/)
test(
  'a key that is missing',
  refused,
  'hosts: [{ host: a, key: nowhere }]',
  /not a usable private key[\s\S]*no such file/,
)
test('a password has no place here', refused, 'hosts: [{ host: a, password: x }]', /unknown key "password"/)
test(
  'a pattern that matches nothing',
  refused,
  'hosts: [db1, web1]',
  /--match dx1 matches none of 2 hosts[\s\S]*did you mean "db1"/,
  ['dx1'],
)
test('a tag that is none', refused, 'hosts: [{ host: a, tags: ["Env:Prod "] }]', /a tag such as env:prod/)
test('ssh_config without a name', refused, 'Host *\n  User x\n', /names no host/)

test('--host takes a name, an address, or a Host of ssh_config', (t) => {
  for (const host of ['db1', 'db1.example', '192.0.2.1', '2001:db8::1', 'fe80::1%eth0', 'db_1'])
    t.is(oneHost(host, {}).wishes[0]?.host, host)
})

test('--host refuses what is none', (t) => {
  for (const host of ['-oX', 'a b', 'ops@db1', 'a\u001b', 'a;b', 'a*', '$(x)', 'x'.repeat(300)])
    t.is(t.throws(() => oneHost(host, {}), { instanceOf: BoxhoundError }).exitCode, 2, host)
})
