import test from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { type Network, networkOf } from '../../scripts/lib/fetch/network.ts'

const proxies = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'http://plain:2', NO_PROXY: '.example,10.0.0.1' }
const bundles = { SSL_CERT_FILE: '/a.pem', NODE_EXTRA_CA_CERTS: '/b.pem' }

test('a box file’s words win over the environment, each by itself', (t) => {
  const environment = { ...proxies, ...bundles }
  t.deepEqual(networkOf({ proxy: 'http://box:3128', caBundle: '/box.pem' }, environment), {
    proxy: 'http://box:3128',
    noProxy: '.example,10.0.0.1',
    caBundle: '/box.pem',
  })
  t.deepEqual(networkOf({ caBundle: '/box.pem' }, proxies), {
    proxy: 'http://secure:1',
    httpProxy: 'http://plain:2',
    noProxy: '.example,10.0.0.1',
    caBundle: '/box.pem',
  })
  t.is(networkOf({ proxy: 'http://box:3128' }, bundles).caBundle, '/a.pem')
})

test('the environment is read as curl reads it', (t) => {
  const cases: [NodeJS.ProcessEnv, Network][] = [
    [{}, {}],
    [{ HTTPS_PROXY: '', https_proxy: '', SSL_CERT_FILE: '' }, {}],
    [
      { https_proxy: 'low:1', HTTPS_PROXY: 'up:1' },
      { proxy: 'http://low:1', httpProxy: '' },
    ],
    [{ HTTP_PROXY: 'http://cache:3142' }, { httpProxy: 'http://cache:3142' }],
    [{ HTTP_PROXY: 'http://p:1/', HTTPS_PROXY: 'http://p:1' }, { proxy: 'http://p:1' }],
    [{ NODE_EXTRA_CA_CERTS: '/b.pem' }, { caBundle: '/b.pem' }],
    [{ no_proxy: '*' }, { noProxy: '*' }],
    [{ https_proxy: 'https://user:p%40ss@[::1]:8443/x' }, { proxy: 'https://user:p%40ss@[::1]:8443', httpProxy: '' }],
  ]
  for (const [environment, expected] of cases) t.deepEqual(networkOf(undefined, environment), expected)
})

test('a relative bundle counts from the box file’s folder', (t) => {
  t.is(networkOf({ caBundle: 'ca/root.pem' }, {}, '/boxes').caBundle, '/boxes/ca/root.pem')
})

test('a proxy that is none is refused by the name of its variable; its value is not told', (t) => {
  for (const [name, value] of [
    ['HTTPS_PROXY', 'socks5://user:hunter2@host:1'],
    ['http_proxy', 'http://user:hunter2@[host'],
    ['HTTP_PROXY', 'hunter2 hunter2'],
  ] as const) {
    const error = t.throws(() => networkOf(undefined, { [name]: value }), { instanceOf: BoxhoundError })
    t.is(error.code, 'E_PROXY')
    t.is(error.exitCode, 2)
    t.true(error.message.startsWith(name))
    t.false(formatError(error).includes('hunter2'), formatError(error))
  }
  t.regex(t.throws(() => networkOf({ proxy: 'socks5://h:1' }, {})).message, /^mirrors\.proxy/)
})
