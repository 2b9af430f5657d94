import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import test from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { authorities } from '../../scripts/lib/fetch/authorities.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { makeAuthority } from './_authority.ts'
import { digest, imageStore, same, someImage } from './_image.ts'
import { fileListener, serve } from './_server.ts'

test('an authority of one’s own is trusted by its bundle, and otherwise named with what to do', async (t) => {
  const content = someImage(1000)
  const store = await imageStore(t)
  const authority = await makeAuthority(t)
  const server = await serve(t, fileListener({ content }), authority.sign(['127.0.0.1', 'localhost']))
  const error = await t.throwsAsync(store.fetch(`${server.url}/a.img`, digest(content)), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_FETCH_TLS')
  const text = formatError(error)
  for (const part of [
    'not trusted: its authority is unknown here',
    'CN=Test Network Root, O=Example',
    'mirrors.caBundle',
    'SSL_CERT_FILE',
  ])
    t.true(text.includes(part), text)
  t.deepEqual(store.lines, [], 'it is not tried again')
  t.is(server.requests.filter(({ method }) => method === 'GET').length, 0)
  const network = { caBundle: authority.bundle }
  same(t, await store.fetch(`${server.url}/a.img`, digest(content), { network }), content)
  t.is(server.requests.filter(({ method }) => method === 'GET').length, 1)
})

test('another authority’s bundle, another host’s certificate and an expired one are refused, each with its reason', async (t) => {
  const content = someImage(10)
  const authority = await makeAuthority(t)
  const other = await makeAuthority(t, 'Another Root')
  const cases = [
    [['127.0.0.1'], 2, other.bundle, /its authority is unknown here/],
    [['images.example'], 2, authority.bundle, /it is for another host/],
    [['127.0.0.1'], -1, authority.bundle, /it has expired/],
  ] as const
  for (const [hosts, days, caBundle, message] of cases) {
    const store = await imageStore(t)
    const server = await serve(t, fileListener({ content }), authority.sign(hosts, days))
    const failed = store.fetch(`${server.url}/a.img`, digest(content), { network: { caBundle } })
    const error = await t.throwsAsync(failed, { instanceOf: BoxhoundError, message })
    t.is(error.code, 'E_FETCH_TLS')
    t.true(formatError(error).includes('signed by CN=Test Network Root'), formatError(error))
  }
})

test('a redirect from https down to http is refused before the other host is asked', async (t) => {
  const content = someImage(10)
  const store = await imageStore(t)
  const authority = await makeAuthority(t)
  const plain = await serve(t, fileListener({ content }))
  const location = `${plain.url}/a.img`
  const server = await serve(
    t,
    (_, response) => void response.writeHead(302, { location }).end(),
    authority.sign(['127.0.0.1']),
  )
  const network = { caBundle: authority.bundle }
  const error = await t.throwsAsync(store.fetch(`${server.url}/a.img`, digest(content), { network }), {
    instanceOf: BoxhoundError,
  })
  t.is(error.code, 'E_FETCH_REDIRECT')
  t.true(formatError(error).includes(location))
  t.is(plain.requests.length, 0)
})

test('the bundle is added to Node’s own authorities', async (t) => {
  const authority = await makeAuthority(t)
  const all = new Set(await authorities(authority.bundle))
  t.true(all.has(authority.certificate.trim()))
  t.true(rootCertificates.every((root) => all.has(root)))
  t.true((await authorities(undefined)).length >= rootCertificates.length)
})

test('a bundle that is missing, empty, without a certificate or with a damaged one is named', async (t) => {
  const folder = await temporaryFolder(t)
  const { certificate } = await makeAuthority(t)
  const damaged = certificate.replace(/^M.{20}/m, 'MIIBAAAAAAAAAAAAAAAAA')
  const files = {
    empty: '',
    text: 'hello',
    key: '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n',
    damaged: certificate + damaged,
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  for (const name of [...Object.keys(files), 'missing', '.']) {
    const file = join(folder, name)
    const error = await t.throwsAsync(authorities(file), { instanceOf: BoxhoundError })
    t.is(error.code, 'E_CA_BUNDLE')
    t.is(error.details.file, file)
  }
})

test('a bundle that cannot be read stops a download over https and not a plain one', async (t) => {
  const content = someImage(10)
  const network = { caBundle: '/nowhere/bundle.pem' }
  const plain = await serve(t, fileListener({ content }))
  const store = await imageStore(t)
  await t.notThrowsAsync(store.fetch(`${plain.url}/a.img`, digest(content), { network }))
  const secure = store.fetch(plain.url.replace('http:', 'https:'), digest(Buffer.from('x')), { network })
  await t.throwsAsync(secure, { code: 'E_CA_BUNDLE' })
})
