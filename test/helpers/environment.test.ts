import test from 'ava'
import {
  cleanEnvironment,
  namedVariables,
  networkEnvironment,
  verbEnvironment,
} from '../../scripts/lib/_helpers/environment.ts'

const plain = { PATH: '/bin', HOME: '/root', TMPDIR: '/var/tmp', LC_ALL: 'C', LANG: 'C.UTF-8', TERM: 'xterm' }
const network = {
  https_proxy: 'http://user:password@proxy:3128',
  NO_PROXY: 'localhost',
  PIP_CERT: '/ca.pem',
  GOPROXY: 'https://modules.example',
  SSL_CERT_FILE: '/ca.pem',
}
const verb = { BOXHOUND_CACHE: '/store', BOXHOUND_MIRROR_AUTH: 'user:password', XDG_CACHE_HOME: '/cache' }
const secret = {
  DD_API_KEY: '0',
  DD_APP_KEY: '0',
  AWS_SECRET_ACCESS_KEY: '0',
  GITHUB_TOKEN: '0',
  MY_PATH: '0',
  PATHS: '0',
  npm_config__authToken: '0',
  BASH_ENV: '/tmp/x',
  CDPATH: '/',
  LD_PRELOAD: 'x.so',
}
const all = { ...plain, ...network, ...verb, ...secret }

test('fault 57: a child learns what it needs and no secret: neither keys, nor a proxy’s password unless it downloads', (t) => {
  t.deepEqual(cleanEnvironment(all), plain)
  t.deepEqual(networkEnvironment(all), { ...plain, ...network })
  t.deepEqual(verbEnvironment(all), { ...plain, ...network, ...verb })
})

test('more is given by name', (t) => {
  t.deepEqual(namedVariables(/^AWS_/, all), { AWS_SECRET_ACCESS_KEY: '0' })
})
