import { writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { openClient } from '../../scripts/lib/fetch/client.ts'
import { parseChallenges } from '../../scripts/lib/registry/challenge.ts'
import { openRegistry } from '../../scripts/lib/registry/registry.ts'
import { authorizationFrom } from '../../scripts/lib/registry/token.ts'
import { serve } from '../fetch/_server.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { connect, late } from './_layers.ts'
import { type FakeRegistry, fakeRegistry } from './_registry.ts'

test('challenges are told apart, their parameters unquoted', (t) => {
  t.deepEqual(parseChallenges('Bearer realm="https://a/t?x=1",service="s, \\"1\\"", scope="repository:a:pull,push"'), [
    {
      scheme: 'bearer',
      parameters: { realm: 'https://a/t?x=1', service: 's, "1"', scope: 'repository:a:pull,push' },
    },
  ])
  t.deepEqual(
    parseChallenges('Negotiate, BASIC realm=x, Bearer realm="y"').map(({ scheme }) => scheme),
    ['negotiate', 'basic', 'bearer'],
  )
  t.deepEqual(parseChallenges(''), [])
  t.deepEqual(parseChallenges('="'.repeat(10_000)), [])
})

const encoded = Buffer.from('robot:sesame').toString('base64')

/** DOCKER_CONFIG with a login for a registry. */
const login = async (t: ExecutionContext, host: string, entry: object = { auth: encoded }) => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [host]: entry } }))
  return { DOCKER_CONFIG: folder }
}

const wanting =
  (challenge: string, accepts: (authorization: string | undefined) => boolean) =>
  ({ headers }: IncomingMessage, response: ServerResponse): boolean => {
    if (accepts(headers.authorization)) return false
    response.writeHead(401, { 'www-authenticate': challenge }).end()
    return true
  }

const status = async (t: ExecutionContext, fake: FakeRegistry, environment = {}): Promise<number> =>
  (await connect(t, fake, environment).ask('GET', 'manifests/x')).status

test('Basic: user and password go to the registry once it wants them', async (t) => {
  const fake = await fakeRegistry(t)
  fake.faults.intercept = wanting('Basic realm="x"', (sent) => sent === `Basic ${encoded}`)
  t.is(await status(t, fake, await login(t, fake.host)), 404)
  t.is(fake.log.length, 2)
})

test('a login that is missing or refused names registry and file, and no password', async (t) => {
  const fake = await fakeRegistry(t)
  fake.faults.intercept = wanting('Basic realm="x"', () => false)
  for (const environment of [{}, await login(t, fake.host)]) {
    const error = await t.throwsAsync(status(t, fake, environment), { instanceOf: BoxhoundError })
    t.is(error.code, 'E_REGISTRY_LOGIN')
    t.regex(error.details.next ?? '', /docker login 127/)
    t.notRegex(JSON.stringify([error.message, { ...error.details, cause: '' }]), /sesame|c2VzYW1l/)
  }
})

/** A token service that knows the user, and a registry that wants its tokens. */
const withTokens = async (t: ExecutionContext, tokens: string[] = ['t1', 't2', 't3']) => {
  const asked: { method: string | undefined; url: URL; authorization: string | undefined; body: string }[] = []
  const good = new Set<string>()
  const service = await serve(t, async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const url = new URL(request.url ?? '', 'http://x')
    asked.push({ method: request.method, url, authorization: request.headers.authorization, body })
    const token = tokens.shift() ?? ''
    good.add(`Bearer ${token}`)
    response.end(JSON.stringify({ token }))
  })
  const fake = await fakeRegistry(t)
  const challenge = `Bearer realm="${service.url}/token",service="reg",scope="repository:team/layers:pull"`
  fake.faults.intercept = wanting(challenge, (sent) => good.has(sent ?? ''))
  return { fake, asked, good }
}

test('Bearer: a token for the scope comes from the service that the registry names, and serves all requests', async (t) => {
  const { fake, asked } = await withTokens(t)
  const registry = connect(t, fake, await login(t, fake.host))
  for (let i = 0; i < 3; i++) t.is((await registry.ask('GET', 'manifests/x')).status, 404)
  t.is(asked.length, 1)
  t.is(asked[0]?.authorization, `Basic ${encoded}`)
  t.is(asked[0]?.url.searchParams.get('service'), 'reg')
  t.is(asked[0]?.url.searchParams.get('scope'), 'repository:team/layers:pull')
})

test('Bearer: nobody gets a token for what is public', async (t) => {
  const { fake, asked } = await withTokens(t)
  t.is(await status(t, fake), 404)
  t.is(asked[0]?.authorization, undefined)
})

test('Bearer: an identity token is exchanged in a form, not in the address', async (t) => {
  const { fake, asked } = await withTokens(t)
  t.is(await status(t, fake, await login(t, fake.host, { identitytoken: 'refresh-me' })), 404)
  t.is(asked[0]?.method, 'POST')
  t.is(asked[0]?.url.search, '')
  t.is(new URLSearchParams(asked[0]?.body).get('refresh_token'), 'refresh-me')
})

test('Bearer: a token that has expired is fetched anew', async (t) => {
  const { fake, asked, good } = await withTokens(t)
  const registry = connect(t, fake, await login(t, fake.host))
  t.is((await registry.ask('GET', 'manifests/x')).status, 404)
  good.clear()
  t.is((await registry.ask('GET', 'manifests/x')).status, 404)
  t.is(asked.length, 2)
})

test('a token service without encryption gets nothing', async (t) => {
  let requests = 0
  const service = await serve(t, (_, response) => {
    requests += 1
    response.end('{"token":"x"}')
  })
  const wish = {
    host: 'r.example',
    scope: 'repository:a/b:pull',
    credential: { kind: 'password', user: 'robot', password: 'sesame' },
    isPrivate: (url: URL) => url.protocol === 'https:',
  } as const
  const client = openClient({}, late)
  t.teardown(client.close)
  const error = await t.throwsAsync(authorizationFrom(`Bearer realm="${service.url}/t"`, wish, client), {
    instanceOf: BoxhoundError,
  })
  t.is(error.code, 'E_REGISTRY_LOGIN')
  t.regex(error.details.next ?? '', /https/)
  t.is(requests, 0)
})

test('plain HTTP is for loopback, and a registry on it names no token service elsewhere', async (t) => {
  for (const host of ['registry.example', '10.0.0.1:5000', 'localhost.example:5000', '127.0.0.1.example']) {
    const open = () =>
      openRegistry({ host, path: 'a/b' }, { network: {}, plainHttp: true, actions: 'pull', environment: {} })
    const error = t.throws(open, { instanceOf: BoxhoundError })
    t.is(error.code, 'E_PLAIN_HTTP')
    t.is(error.exitCode, 2)
  }
  const fake = await fakeRegistry(t)
  fake.faults.intercept = wanting('Bearer realm="http://192.0.2.1/token"', () => false)
  const error = await t.throwsAsync(status(t, fake, await login(t, fake.host)), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_REGISTRY_LOGIN')
})

test('a storage that blobs are redirected to gets no login', async (t) => {
  const seen: (string | undefined)[] = []
  const storage = await serve(t, ({ headers }, response) => {
    seen.push(headers.authorization)
    response.end('blob')
  })
  const fake = await fakeRegistry(t)
  const basic = wanting('Basic realm="x"', (sent) => sent === `Basic ${encoded}`)
  fake.faults.intercept = (request, response) => {
    if (basic(request, response)) return true
    response.writeHead(307, { location: `${storage.url}/blob?ticket=1` }).end()
    return true
  }
  t.is(await status(t, fake, await login(t, fake.host)), 200)
  t.deepEqual(seen, [undefined])
})

test('an upload is not sent where a registry on https would have it go without encryption', async (t) => {
  const registry = openRegistry(
    { host: 'registry.invalid', path: 'a/b' },
    { network: {}, plainHttp: false, actions: 'pull', environment: {}, deadlines: late },
  )
  t.teardown(registry.close)
  const error = await t.throwsAsync(registry.ask('PATCH', 'http://registry.invalid/v2/a/b/blobs/uploads/1'), {
    instanceOf: BoxhoundError,
  })
  t.is(error.code, 'E_REGISTRY_ADDRESS')
})
