import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { accountRows, membersOf, namesOf } from '../../scripts/lib/render/layer-accounts.ts'
import { mergeSpecs, parseLayerSpec } from '../../scripts/lib/render/layer-spec.ts'
import { fixture } from '../boxfile/_files.ts'

const folder = { file: fixture.root, source: 'layers/web' }
const parse = (text: string) => parseLayerSpec(text, 'layer.yaml', folder, fixture)

test('groups come before users, users before memberships, and a user’s own group has its number', (t) => {
  const spec = parse(
    'users: [{ name: web, uid: 700, groups: [log], home: /srv/web }, { name: job, group: log }]\n' +
      'groups: [{ name: log, gid: 750, members: [dd-agent] }]\naccounts: [postfix]\n',
  )
  t.deepEqual(accountRows(spec), [
    ['group', 'log', '750'],
    ['group', 'web', '700'],
    ['user', 'web', '700', 'web', '/srv/web', '/usr/sbin/nologin'],
    ['user', 'job', '-', 'log', '-', '/usr/sbin/nologin'],
    ['member', 'web', 'log'],
    ['member', 'dd-agent', 'log'],
  ])
  t.deepEqual(membersOf(spec), { log: ['web', 'dd-agent'] })
  t.deepEqual(namesOf(spec), ['web', 'job', 'postfix'])
})

test('a layer without accounts has no key for them, merged or not', (t) => {
  for (const key of ['users', 'groups', 'accounts']) {
    t.false(key in parse('users: []\n'))
    t.false(key in mergeSpecs([parse('{}\n'), parse('groups:\n')]))
  }
})

for (const [what, text, message] of [
  ['a password', 'users: [{ name: web, password: x }]', /users\[0\]\.password/],
  ['a login shell', 'users: [{ name: web, shell: /bin/bash }]', /users\[0\]\.shell/],
  ['a uid of a person', 'users: [{ name: web, uid: 1000 }]', /users\[0\]\.uid/],
  ['a uid in quotes', 'users: [{ name: web, uid: "700" }]', /users\[0\]\.uid/],
  ['a uid of the distribution', 'users: [{ name: web, uid: 33 }]', /users\[0\]\.uid/],
  ['a home of a person', 'users: [{ name: web, home: /home/web }]', /users\[0\]\.home/],
  ['a home that leads elsewhere', 'users: [{ name: web, home: /srv/../etc }]', /users\[0\]\.home/],
  ['a home with a colon', 'users: [{ name: web, home: "/srv/a:b" }]', /users\[0\]\.home/],
  ['a group of administrators', 'users: [{ name: web, groups: [sudo] }]', /users\[0\]\.groups\[0\]/],
  ['fault 19: a name that starts with a dash', 'users: [{ name: -o }]', /users\[0\]\.name/],
  ['an unknown key', 'users: [{ name: web, hom: /srv }]', /unknown key "hom"/],
  ['a user without a name', 'users: [{ uid: 700 }]', /users\[0\]\.name is missing/],
  ['a list of names', 'users: [web]', /users\[0\]/],
] as const)
  test(`${what} is refused with its place`, (t) => {
    const error = t.throws(() => parse(`${text}\n`), { instanceOf: BoxhoundError })
    t.regex(error.message, message)
    t.is(error.details.line, 1)
  })
