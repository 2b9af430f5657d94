import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { imagePath, readManifest } from '../../scripts/lib/bake/manifest.ts'
import { expand, scan } from '../../scripts/lib/proof/raw.ts'
import { type ClosedNetwork, closedProject, setMirrors, startClosedNetwork, world } from './_closed.ts'
import { readGuest } from './_image.ts'
import { type TinyProject, write } from './_project.ts'
import { bake } from './_run.ts'
import { tracesOf } from './_traces.ts'

const authority = (): string => readFileSync(join(world(), 'authority.pem'), 'utf8')

/** A line from the middle of the authority's certificate: base64 in PEM files breaks at 64 characters. */
const certificateLine = (): string => authority().split('\n')[3] ?? ''

const mirrorsOf = ({ mirror, proxy }: ClosedNetwork, more: string): string =>
  `mirrors: { apt: "${mirror}/debian", pypi: "${mirror}/simple/", proxy: "${proxy}"${more} }\n`

const repository = fileURLToPath(new URL('../..', import.meta.url))
const bundled = ', caBundle: authority.pem'

/** Which of the words the expanded image holds, in free blocks too. */
const found = async (project: TinyProject, words: Readonly<Record<string, string>>): Promise<string[]> => {
  const raw = join(project.tool, 'expanded.raw')
  await expand(imagePath('one', project), raw)
  const patterns = Object.entries(words).map(([kind, source]) => ({ kind, source }))
  const { findings, searched } = await scan(raw, patterns)
  if (searched < 1 << 24) throw new Error(`only ${searched} bytes were searched`)
  return [...new Set(findings.map(({ kind }) => kind))].sort()
}

const traces = ({ proxy }: ClosedNetwork): Record<string, string> => ({
  mirror: 'mirror.closed.invalid',
  proxy: proxy.replace('http://', ''),
  certificate: certificateLine(),
})

/** Files of a folder that hold a word. */
const holding = (folder: string, word: string): string =>
  spawnSync('grep', ['-rlaF', '--', word, folder], { encoding: 'utf8' }).stdout

const idsOf = async (project: TinyProject): Promise<string[]> =>
  (await readManifest('one', project))?.layers.map(({ id }) => id) ?? []

const read = (t: ExecutionContext, project: TinyProject, path: string): string => {
  const text = readGuest(imagePath('one', project), path)
  t.not(text, undefined, path)
  return text ?? ''
}

/** What stands behind the line that says where a file was rendered from. */
const withoutBanner = (text: string): string => text.replace(/^# rendered from .*, do not edit\n/, '')

test('a box is baked by mirrors behind a proxy and an authority of their own, and nothing of either stays', async (t) => {
  const network = await startClosedNetwork(t)
  const project = await closedProject(t, mirrorsOf(network, bundled))
  const { code, stdout, stderr } = await bake(project)
  t.is(code, 0, stdout + stderr)
  t.true(network.requests.includes('debian/pool/closed-one.deb'))
  t.true(network.requests.includes('debian-security/pool/closed-two.deb'), 'security updates beside the archive')
  t.true(network.requests.some((path) => path.startsWith('simple/closed-wheel')))
  t.true(network.requests.some((path) => path.endsWith('.whl')))
  t.is(network.connections(), network.tunnels.length, 'the proxy saw every connection')
  t.true(
    network.tunnels.every((name) => name === 'mirror.closed.invalid:443'),
    network.tunnels.join(' '),
  )
  t.is(read(t, project, '/usr/share/closed-two/content'), 'closed-two\n')
  t.notRegex(read(t, project, '/usr/share/closed-one/environment'), /proxy|closed\.invalid|APT_CONFIG/i)
  t.regex(read(t, project, '/etc/apt/sources.list'), /\] http:\/\/deb\.debian\.org\/debian tiny main$/m)
  t.deepEqual(await found(project, traces(network)), [])
  t.deepEqual(tracesOf(project), [])

  // The same way to other mirrors is the same box.
  const ids = await idsOf(project)
  setMirrors(project, mirrorsOf({ ...network, mirror: 'https://other.closed.invalid' }, bundled))
  t.regex((await bake(project)).stdout, /is up to date/)
  t.deepEqual(await idsOf(project), ids)

  // Kept, they are all there: this is also what shows that the search above could have found them.
  setMirrors(project, mirrorsOf(network, `${bundled}, keep: true`))
  const kept = await bake(project)
  t.is(kept.code, 0, kept.stdout + kept.stderr)
  t.deepEqual(await idsOf(project).then((all) => all.slice(0, -1)), ids.slice(0, -1), 'only the seal is another one')
  t.deepEqual(await found(project, traces(network)), ['certificate', 'mirror', 'proxy'])
  t.is(
    read(t, project, '/etc/apt/sources.list'),
    'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://mirror.closed.invalid/debian tiny main\n',
  )
  t.regex(
    read(t, project, '/etc/apt/sources.list.d/security.sources'),
    /^URIs: https:\/\/mirror\.closed\.invalid\/debian-security$/m,
  )
  t.is(
    withoutBanner(read(t, project, '/etc/apt/apt.conf.d/90boxhound-proxy')),
    `Acquire::http::Proxy "${network.proxy}";\nAcquire::https::Proxy "${network.proxy}";\n`,
  )
  t.is(
    withoutBanner(read(t, project, '/etc/pip.conf')),
    `[global]\nindex-url = https://mirror.closed.invalid/simple/\nproxy = ${network.proxy}\ncert = /etc/ssl/certs/ca-certificates.crt\n`,
  )
  t.is(read(t, project, '/usr/local/share/ca-certificates/boxhound-1.crt'), authority())
  t.true(read(t, project, '/etc/ssl/certs/ca-certificates.crt').includes(certificateLine()), 'and trusted')
})

test('disk image, vendor’s repository, its keys and a further suite come by the mirrors too', async (t) => {
  const network = await startClosedNetwork(t)
  const project = await closedProject(t, '')
  const { mirror } = network
  write(
    'provision/systems.yaml',
    [
      'debian-13:',
      '  id: debian',
      '  versionId: "13"',
      '  python: "3.13"',
      '  publisher:',
      '    releases: https://images.vendor.invalid/trixie/',
      '    image: closed.img',
      '    keyring: none',
      `    fingerprint: ${'A'.repeat(40)}`,
      '',
    ].join('\n'),
    project,
  )
  const image = readFileSync(join(world(), 'image.qcow2'))
  mkdirSync(join(world(), 'www/images/release-1'), { recursive: true })
  writeFileSync(join(world(), 'www/images/release-1/closed.img'), image)
  writeFileSync(
    join(project.root, 'boxes/one.yaml'),
    [
      'box: one',
      'version: 1.0.0',
      'image: { size: 1G }',
      'base:',
      '  image: https://images.vendor.invalid/trixie/release-1/closed.img',
      `  sha256: ${createHash('sha256').update(image).digest('hex')}`,
      '  system: debian-13',
      'agent:',
      '  version: 7.83.0',
      '  repository:',
      '    url: https://apt.vendor.invalid/',
      `    keys: [${readFileSync(join(world(), 'key.txt'), 'utf8').trim()}]`,
      '    keyUrls: [https://keys.vendor.invalid/VENDOR_KEY.public]',
      `mirrors: { apt: "${mirror}/debian", agent: "${mirror}/vendor", keys: "${mirror}/keys", images: "${mirror}/images",`,
      `  pypi: "${mirror}/simple", proxy: "${network.proxy}"${bundled}, keep: true }`,
      '',
    ].join('\n'),
  )
  const sources = 'root/etc/apt'
  cpSync(join(repository, 'provision/20-agent/package', sources), join(project.tool, 'provision/20-agent', sources), {
    recursive: true,
  })
  const layer = readFileSync(join(repository, 'provision/20-agent/layer.yaml.hbs'), 'utf8')
  const repositories = /^repositories:\n(?:[ {].*\n)+/m.exec(layer)?.[0] ?? ''
  const packages = 'packages: [closed-vendor, closed-one, closed-three]\nsuites: [extra]\n'
  write('provision/20-agent/layer.yaml', '', project)
  rmSync(join(project.tool, 'provision/20-agent/layer.yaml'))
  write('provision/20-agent/layer.yaml.hbs', packages + repositories, project)
  write('provision/20-agent/provision.sh', 'true\n', project)
  const { code, stdout, stderr } = await bake(project)
  t.is(code, 0, stdout + stderr)
  for (const path of [
    'images/release-1/closed.img',
    'keys/VENDOR_KEY.public',
    'vendor/pool/closed-vendor.deb',
    'debian/pool/closed-three.deb',
  ])
    t.true(network.requests.includes(path), path)
  t.is(network.connections(), network.tunnels.length)
  t.regex(
    read(t, project, '/etc/apt/sources.list.d/datadog.list'),
    /\] https:\/\/mirror\.closed\.invalid\/vendor\/? stable 7$/m,
  )
})

test('without the authority neither apt nor pip goes on, and the message names the option', async (t) => {
  const network = await startClosedNetwork(t)
  const project = await closedProject(t, mirrorsOf(network, ''))
  const pip = await bake(project, 'one', [], { PIP_RETRIES: '1' })
  t.is(pip.code, 1)
  t.regex(pip.stderr, /mirrors: \{ caBundle: FILE \}/)
  t.notRegex(pip.stderr, /HTTPS_PROXY=/)
  setMirrors(project, `mirrors: { apt: "${network.mirror}/debian", proxy: "${network.proxy}" }\n`)
  const index = join(world(), 'www/files')
  const apt = await bake(project, 'one', [], { PIP_FIND_LINKS: index, PIP_NO_INDEX: '1', BOXHOUND_APT_TIMEOUT: '5' })
  t.is(apt.code, 1)
  t.regex(apt.stderr, /caBundle/)
  t.false(network.requests.some((path) => path.endsWith('.deb')))
  t.deepEqual(tracesOf(project), [])
})

test('a bundle that cannot be read is told before anything is started', async (t) => {
  const project = await closedProject(t, 'mirrors: { caBundle: nowhere.pem }\n')
  const { code, stderr } = await bake(project)
  t.is(code, 2)
  t.regex(stderr, /boxes\/nowhere\.pem: the CA bundle cannot be read/)
  t.deepEqual(tracesOf(project), [])
})

test('a mirror that is not there is named, with its key in the box file and its deadline', async (t) => {
  const project = await closedProject(t, 'mirrors: { apt: "http://127.0.0.1:9/debian" }\n')
  const { code, stderr } = await bake(project, 'one', [], {
    PIP_FIND_LINKS: join(world(), 'www/files'),
    PIP_NO_INDEX: '1',
    BOXHOUND_APT_TIMEOUT: '1',
  })
  t.is(code, 1)
  t.regex(stderr, /mirrors\.apt is http:\/\/127\.0\.0\.1:9\/debian.* 1 s/)
})

test('passwords of proxy and mirror, from the environment, get to where they belong and nowhere else', async (t) => {
  const [proxyWord, mirrorWord] = ['Canary-of-the-proxy-71c3', 'Canary-of-the-mirror-5d0e']
  const secrets = [proxyWord, mirrorWord]
  const network = await startClosedNetwork(t, {
    proxyLogin: `me:${proxyWord}`,
    mirrorLogin: `build:${mirrorWord}`,
    secrets,
  })
  const own = `mirrors: { apt: "${network.mirror}/debian", pypi: "${network.mirror}/simple/"${bundled} }\n`
  const project = await closedProject(t, own)
  const proxy = network.proxy.replace('//', `//me:${proxyWord}@`)
  const once = { PIP_RETRIES: '1' }
  const logins = { HTTPS_PROXY: proxy, BOXHOUND_MIRROR_AUTH: `build:${mirrorWord}` }

  const refused = await bake(project, 'one', [], { ...logins, ...once, BOXHOUND_MIRROR_AUTH: 'build:wrong-word' })
  t.is(refused.code, 1)
  t.regex(refused.stderr, /BOXHOUND_MIRROR_AUTH/)
  const closed = await bake(project, 'one', [], { ...logins, ...once, HTTPS_PROXY: network.proxy })
  t.is(closed.code, 1)
  t.regex(closed.stderr, /HTTPS_PROXY/)

  const { code, stdout, stderr } = await bake(project, 'one', [], logins)
  t.is(code, 0, stdout + stderr)
  t.true(network.requests.includes('debian/pool/closed-one.deb'))
  t.deepEqual(network.overheard, [], 'no command line held a password while mirror or proxy were asked')
  for (const word of secrets) {
    for (const text of [refused, closed, { stdout, stderr }]) t.false(`${text.stdout}${text.stderr}`.includes(word))
    // Store, logs, results: layers are not compressed, so their bytes can be searched as they are.
    t.is(holding(project.tool, word), '')
  }
  t.deepEqual(await found(project, { proxy: proxyWord, mirror: mirrorWord, both: btoa(`build:${mirrorWord}`) }), [])
  t.true(readdirSync(join(project.out, 'one/logs')).length > 0)
})

test('control: a password in a file of a layer, or on a command line, is found', async (t) => {
  const word = 'Canary-left-behind-9b2a'
  const network = await startClosedNetwork(t, { secrets: [word] })
  const project = await closedProject(t, mirrorsOf(network, bundled))
  appendFileSync(join(project.tool, 'provision/20-agent/provision.sh'), `echo ${word} >/usr/share/left\n`)
  const careless = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 100_000)', word])
  const { code, stderr } = await bake(project)
  careless.kill()
  t.is(code, 0, stderr)
  t.true(network.overheard.some((line) => line.includes(word)))
  t.not(holding(join(project.cache, 'layers'), word), '')
  t.deepEqual(await found(project, { word }), ['word'])
})
