import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { type BakeNetwork, bakeNetwork } from '../../scripts/lib/bake/mirrors.ts'
import { writeNetworkFolder } from '../../scripts/lib/bake/network-folder.ts'
import { pipEnvironment } from '../../scripts/lib/bake/pip.ts'
import type { Mirrors } from '../../scripts/lib/box/box.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { planBox } from '../../scripts/lib/plan/plan.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { bare, loadText, refused, temporaryFile } from '../boxfile/_files.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { system } from '../plan/_rendered.ts'

const debian = system
const bundle = '/nowhere/authorities.pem'

const networkFor = (mirrors: Mirrors, environment: NodeJS.ProcessEnv = {}): Promise<BakeNetwork> =>
  bakeNetwork({ mirrors, base: { kind: 'lab', release: 'trixie', system: debian }, file: '/box.yaml' }, environment)

test('a box file gives a mirror as one address or as two, never with a password', async (t) => {
  const given = async (apt: string) => (await loadText(t, `${bare}mirrors: { apt: ${apt} }\n`)).mirrors?.apt
  t.is(await given('https://mirror.example/debian'), 'https://mirror.example/debian')
  t.deepEqual(await given('{ main: "http://a.example", security: "http://b.example" }'), {
    main: 'http://a.example',
    security: 'http://b.example',
  })
  const error = await refused(t, `${bare}mirrors: { apt: "https://me:word@mirror.example/debian" }\n`)
  t.regex(error.details.expected ?? '', /without a password/)
  t.false(JSON.stringify(error.details.found).includes('me:word'), error.details.found)
  await refused(t, `${bare}mirrors: { apt: { main: "http://a.example" } }\n`)
})

test('mirrors, proxy and authorities make no other layers: they are other ways to the same content', async (t) => {
  const project = projectAt(fileURLToPath(new URL('../..', import.meta.url)), {})
  const ids = async (text: string): Promise<string[]> => {
    const box = await loadBox(temporaryFile(t, text), project)
    const plan = await planBox(await renderBox(box, project), { now: 0 }, project)
    return plan.layers.map(({ id }) => id)
  }
  const own =
    'mirrors: { apt: "https://a.example", pypi: "https://p.example", proxy: "http://x.example:1", caBundle: /x.pem }\n'
  t.deepEqual(await ids(`${bare}${own}`), await ids(bare))
})

test('apt is told of proxy, authorities and logins in files that only root reads', async (t) => {
  const folder = join(await temporaryFolder(t), 'network')
  const network = await networkFor(
    { apt: 'https://mirror.example/debian' },
    {
      HTTPS_PROXY: 'http://me:pr0xy%40word@proxy.example:3128',
      NO_PROXY: '.Corp.example, *.two.example, three.example:81',
      BOXHOUND_MIRROR_AUTH: 'build:s3cret',
    },
  )
  await writeNetworkFolder(folder, network)
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8')
  t.is(statSync(folder).mode & 0o777, 0o700)
  for (const name of readdirSync(folder)) t.is(statSync(join(folder, name)).mode & 0o777, 0o600, name)
  t.is(
    text('apt.conf'),
    'Acquire::https::Proxy "http://proxy.example:3128/";\n'.replace(/^/, 'Acquire::http::Proxy "DIRECT";\n') +
      'Acquire::https::CaInfo "/run/boxhound/network/authorities.pem";\nDir::Etc::netrc "/run/boxhound/network/auth.conf";\n',
  )
  t.true(text('apt-host.conf').includes(`CaInfo "${folder}/authorities.pem"`))
  t.is(
    text('auth.conf'),
    'machine http://proxy.example:3128 login me password pr0xy@word\nmachine https://mirror.example login build password s3cret\n',
  )
  t.is(text('mirrors.tsv'), 'main\thttps://mirror.example/debian\nsecurity\thttps://mirror.example/debian-security\n')
  t.is(text('direct.list'), 'corp.example\ntwo.example\nthree.example:81\n')
  t.regex(text('authorities.pem'), /^-----BEGIN CERTIFICATE-----/)
  // apt itself must be able to read it.
  const { status, stdout, stderr } = spawnSync('apt-config', ['-c', join(folder, 'apt.conf'), 'dump'], {
    encoding: 'utf8',
  })
  t.is(status, 0, stderr)
  t.true(stdout.includes('Acquire::https::Proxy "http://proxy.example:3128/"'))
})

test('nothing is said of a proxy and of logins where there are none: an image may have its own', async (t) => {
  const folder = join(await temporaryFolder(t), 'network')
  await writeNetworkFolder(folder, await networkFor({}))
  t.notRegex(readFileSync(join(folder, 'apt.conf'), 'utf8'), /Proxy|netrc/)
  t.is(readFileSync(join(folder, 'mirrors.tsv'), 'utf8'), '')
})

test('a password with a blank, which apt cannot be given, is refused without being told', async (t) => {
  const network = await networkFor({ apt: 'https://mirror.example' }, { BOXHOUND_MIRROR_AUTH: 'build:two%20words' })
  const folder = join(await temporaryFolder(t), 'network')
  const error = await t.throwsAsync(writeNetworkFolder(folder, network), { instanceOf: BoxhoundError })
  t.is(error.exitCode, 2)
  t.notRegex(JSON.stringify([error.message, error.details]), /two.words/)
})

test('a CA bundle that is not there is an error of the box file, told before anything is started', async (t) => {
  const error = await t.throwsAsync(networkFor({ caBundle: 'own/authority.pem' }), { instanceOf: BoxhoundError })
  t.is(error.exitCode, 2)
  t.is(error.details.file, '/own/authority.pem', 'counted from the box file')
  t.regex(error.details.next ?? '', /mirrors\.caBundle/)
})

test('pip keeps what its caller says, but for what the box file says', async (t) => {
  const caller = {
    PATH: '/bin',
    PIP_INDEX_URL: 'https://own.example/simple',
    PIP_CERT: '/own.pem',
    PIP_DEFAULT_TIMEOUT: '60',
    PIP_PROXY: 'http://own.example:1',
    HTTPS_PROXY: 'http://env.example:1',
  }
  t.deepEqual(pipEnvironment(caller, await networkFor({}, { HTTPS_PROXY: caller.HTTPS_PROXY }), bundle), {
    PATH: '/bin',
    PIP_INDEX_URL: 'https://own.example/simple',
    PIP_CERT: '/own.pem',
    PIP_DEFAULT_TIMEOUT: '60',
    PIP_PROXY: 'http://own.example:1',
    https_proxy: 'http://env.example:1',
    no_proxy: 'localhost,127.0.0.1,::1',
  })
  const own = { pypi: 'https://pypi.example/simple/', proxy: 'http://proxy.example:3128' }
  const login = { BOXHOUND_MIRROR_AUTH: 'build:s3cret', NO_PROXY: 'corp.example' }
  t.deepEqual(pipEnvironment(caller, await networkFor(own, login), bundle), {
    PATH: '/bin',
    PIP_INDEX_URL: 'https://build:s3cret@pypi.example/simple/',
    PIP_CERT: '/own.pem',
    PIP_DEFAULT_TIMEOUT: '60',
    http_proxy: 'http://proxy.example:3128',
    https_proxy: 'http://proxy.example:3128',
    no_proxy: 'localhost,127.0.0.1,::1,corp.example',
  })
})

test('pip trusts the bundle of the box file, whichever of its libraries asks', async (t) => {
  const network = { ...(await networkFor({})), mirrors: { caBundle: '/own.pem' } }
  const environment = pipEnvironment({ REQUESTS_CA_BUNDLE: '/other.pem' }, network, bundle)
  for (const name of ['PIP_CERT', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'])
    t.is(environment[name], bundle)
})
