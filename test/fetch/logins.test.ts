import { createServer, type ServerResponse } from 'node:http'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { Mirrors } from '../../scripts/lib/box/box.ts'
import { openClient } from '../../scripts/lib/fetch/client.ts'
import { authorizationFor, loginIn, loginsOf, withLogin } from '../../scripts/lib/fetch/logins.ts'
import { networkOf } from '../../scripts/lib/fetch/network.ts'
import { redactorFor } from '../../scripts/lib/fetch/redaction.ts'
import { get } from '../../scripts/lib/fetch/request.ts'

const mirrors: Mirrors = {
  apt: { main: 'https://apt.example/debian', security: 'https://apt.example/debian-security' },
  pypi: 'https://pypi.example:8443/simple/',
  keys: 'http://keys.example/',
}

const given = (value: string) => loginsOf(mirrors, { BOXHOUND_MIRROR_AUTH: value })

test('one login is for the hosts of all mirrors, and for no other host', (t) => {
  const logins = given('build:s3cret%40home')
  t.deepEqual([...logins.keys()].sort(), ['http://keys.example', 'https://apt.example', 'https://pypi.example:8443'])
  t.is(logins.get('https://apt.example')?.password, 's3cret@home')
  t.is(withLogin('https://pypi.example:8443/simple/', logins), 'https://build:s3cret%40home@pypi.example:8443/simple/')
  t.is(withLogin('https://elsewhere.example/', logins), 'https://elsewhere.example/')
  const authorization = `Basic ${btoa('build:s3cret@home')}`
  t.deepEqual(authorizationFor('https://apt.example/x', logins), { authorization })
  t.deepEqual(authorizationFor('https://apt.example:8443/x', logins), {}, 'another port is another server')
  t.deepEqual(authorizationFor('http://apt.example/x', logins), {}, 'nor without TLS where the mirror has it')
})

test('a login for one host goes before the one for all', (t) => {
  const logins = given('all:common-word\n one:special-word@pypi.example:8443')
  t.is(logins.get('https://pypi.example:8443')?.user, 'one')
  t.is(logins.get('https://apt.example')?.user, 'all')
})

test('a login in an address is read with its percent signs resolved, where they mean something', (t) => {
  t.deepEqual(loginIn(new URL('http://me:a%40b@proxy.example')), { user: 'me', password: 'a@b' })
  t.deepEqual(loginIn(new URL('http://me:50%@proxy.example')), { user: 'me', password: '50%' })
})

test('no variable, no login', (t) => t.is(loginsOf(mirrors, {}).size, 0))

for (const value of ['justasecret', ':onlypassword', 'user:', 'a:b%zz', 'user:secret@host/path'])
  test(`what cannot be read is refused without being told: ${value}`, (t) => {
    const error = t.throws(() => given(`build:fine ${value}`), { instanceOf: BoxhoundError })
    t.is(error.exitCode, 2)
    t.regex(error.details.found ?? '', /at position 2/)
    t.false(JSON.stringify([error.message, error.details]).includes(value))
  })

test('passwords of mirrors and proxies are taken out of what a tool prints, in each form', (t) => {
  const logins = given('build:s3cret%40home')
  const redact = redactorFor({ proxy: 'http://me:pr0xy%2Fword@proxy.example:3128' }, logins)
  const secrets = ['s3cret@home', 's3cret%40home', btoa('build:s3cret@home'), 'pr0xy/word', 'pr0xy%2Fword']
  for (const secret of secrets) t.false(redact(`before ${secret} after`).includes(secret), secret)
  t.is(redact('Looking in https://u:p@host.example/simple'), 'Looking in https://********@host.example/simple')
  t.is(redact('nothing here: 12:30 a@b'), 'nothing here: 12:30 a@b')
})

test('a mirror is asked with its login, and whom it redirects to without', async (t) => {
  const seen: (string | undefined)[] = []
  const serve = async (answer: (response: ServerResponse) => void): Promise<string> => {
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization)
      answer(response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => server.close())
    const address = server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
  }
  const other = await serve((response) => response.end('content'))
  const images = await serve((response) => response.writeHead(302, { location: other }).end())
  const client = openClient(networkOf({ images }, { BOXHOUND_MIRROR_AUTH: 'build:s3cret' }))
  t.teardown(client.close)
  const { status, body } = await get(images, client)
  t.is(status, 200)
  t.is(await body.text(), 'content')
  t.deepEqual(seen, [`Basic ${btoa('build:s3cret')}`, undefined])
})

test('the box file’s proxy gets the login that the environment has for the very same one', (t) => {
  const proxy = 'http://proxy.example:3128'
  t.is(
    networkOf({ proxy }, { HTTPS_PROXY: 'http://me:word@proxy.example:3128' }).proxy,
    'http://me:word@proxy.example:3128',
  )
  t.is(networkOf({ proxy }, { HTTPS_PROXY: 'http://me:word@other.example:3128' }).proxy, proxy)
  t.is(networkOf({ proxy }, { HTTPS_PROXY: 'http://me:word@proxy.example:81' }).proxy, proxy)
})
