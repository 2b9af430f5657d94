import { spawnSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { temporaryFolder } from '../helpers/_folder.ts'

const engine = fileURLToPath(new URL('../../provision/_engine/apt/sources.sh', import.meta.url))
const debian = 'main\thttps://mirror.example/debian\nsecurity\thttps://mirror.example/debian-security\n'
const ubuntu = 'main\thttps://mirror.example/ubuntu/\nsecurity\thttps://mirror.example/ubuntu/\n'

/** An /etc/apt with these files as the engine reads them with the mirrors given, by name. */
const mirrored = async (
  t: ExecutionContext,
  files: Readonly<Record<string, string>>,
  mirrors = debian,
): Promise<Record<string, string>> => {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'sources.list.d'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  await writeFile(join(folder, 'mirrors.tsv'), mirrors)
  const script = `set -Eeuo pipefail; . "$1"; archive_mirrors "$2/mirrors.tsv"; mirrored_sources "$2"`
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', engine, folder], { encoding: 'utf8' })
  t.is(status, 0, stderr)
  const read = Object.keys(files).map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)
  return Object.fromEntries(await Promise.all(read))
}

/** Fields of a deb822 stanza. */
const fields = (stanza: string): Record<string, string> =>
  Object.fromEntries(stanza.split('\n').map((line) => line.split(': ', 2).map((word) => word.trim())))

const stanzas = (text = ''): Record<string, string>[] => text.trim().split(/\n\n+/).map(fields)

test('one-line sources of Debian get the mirror, security updates theirs; type, options, suite and components stay', async (t) => {
  const { 'sources.list': text } = await mirrored(t, {
    'sources.list': [
      '# as shipped',
      'deb http://deb.debian.org/debian trixie main contrib',
      'deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://deb.debian.org/debian/ trixie-updates main',
      'deb-src http://ftp.de.debian.org/debian trixie main',
      'deb http://security.debian.org/debian-security trixie-security main # updates',
      'deb http://security.debian.org/ buster/updates main',
      '',
    ].join('\n'),
  })
  t.deepEqual(text?.split('\n'), [
    '# as shipped',
    'deb https://mirror.example/debian trixie main contrib',
    'deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://mirror.example/debian trixie-updates main',
    'deb-src https://mirror.example/debian trixie main',
    'deb https://mirror.example/debian-security trixie-security main # updates',
    'deb https://mirror.example/debian-security buster/updates main',
    '',
  ])
})

test('deb822 sources of Ubuntu get the mirror, everything else of them stays', async (t) => {
  const keyring = '/usr/share/keyrings/ubuntu-archive-keyring.gpg'
  const { 'sources.list.d/ubuntu.sources': text } = await mirrored(
    t,
    {
      'sources.list.d/ubuntu.sources': [
        '# See the manual',
        'Types: deb',
        'URIs: http://archive.ubuntu.com/ubuntu/',
        'Suites: noble noble-updates',
        '  noble-backports',
        'Components: main universe',
        `Signed-By: ${keyring}`,
        '',
        'Types: deb',
        'uris: http://security.ubuntu.com/ubuntu/',
        'suites: noble-security',
        'Components: main universe',
        `Signed-By: ${keyring}`,
        '',
      ].join('\n'),
    },
    ubuntu,
  )
  t.regex(text ?? '', /^# See the manual$/m)
  const wanted = {
    Types: 'deb',
    URIs: 'https://mirror.example/ubuntu',
    Components: 'main universe',
    'Signed-By': keyring,
  }
  const [first = {}, second = {}] = stanzas(text?.replace('# See the manual\n', ''))
  t.deepEqual(first, { ...wanted, Suites: 'noble noble-updates noble-backports' })
  t.deepEqual(second, { ...wanted, Suites: 'noble-security' })
})

test('a stanza with security updates among others is told apart where those have a mirror of their own', async (t) => {
  const { 'sources.list.d/debian.sources': text } = await mirrored(t, {
    'sources.list.d/debian.sources':
      'Types: deb\nURIs: http://deb.debian.org/debian\nSuites: trixie trixie-security\nComponents: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n',
  })
  t.is(text?.match(/BEGIN PGP/g)?.length, 2, 'the key goes with both')
  t.regex(text ?? '', /URIs: https:\/\/mirror\.example\/debian\nSuites: trixie\n/)
  t.regex(text ?? '', /URIs: https:\/\/mirror\.example\/debian-security\nSuites: trixie-security\n/)
})

for (const [what, line] of [
  ['a mirror list of a cloud image', 'deb mirror+file:///etc/apt/mirrors/debian.list trixie main'],
  ['a mirror list of Ubuntu', 'deb mirror://mirrors.ubuntu.com/mirrors.txt noble main'],
  [
    'another mirror, by the key that signs it',
    'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://old.example/d trixie main',
  ],
  ['a cloud’s own mirror of Ubuntu', 'deb http://eu-west-1.ec2.archive.ubuntu.com/ubuntu/ noble main'],
  ['a port of Ubuntu', 'deb http://ports.ubuntu.com/ubuntu-ports noble main'],
] as const)
  test(`the archive is recognised: ${what}`, async (t) => {
    const { 'sources.list': text } = await mirrored(t, { 'sources.list': `${line}\n` })
    t.regex(text ?? '', /^deb (\[.*\] )?https:\/\/mirror\.example\/debian /)
  })

for (const [what, line] of [
  [
    'the Agent’s repository',
    'deb [signed-by=/usr/share/keyrings/datadog-archive-keyring.gpg] https://apt.datadoghq.com/ stable 7',
  ],
  ['another vendor’s, with the names of suite and component', 'deb https://apt.vendor.example noble main'],
  ['a name that only ends alike', 'deb http://notdebian.org/debian trixie main'],
  ['Ubuntu Pro', 'deb https://esm.ubuntu.com/apps/ubuntu noble-apps-security main'],
  ['a disc', 'deb cdrom:[Debian GNU/Linux 13]/ trixie main'],
  ['a source that is off', '# deb http://deb.debian.org/debian trixie main'],
] as const)
  test(`left as it is: ${what}`, async (t) => {
    const files = { 'sources.list': `${line}\n` }
    t.deepEqual(await mirrored(t, files), files)
  })

test('without a mirror not a byte changes, whatever stands there', async (t) => {
  const files = {
    'sources.list': 'deb http://deb.debian.org/debian trixie main',
    'sources.list.d/debian.sources': 'Types: deb\n\n\nURIs: x',
    'sources.list.d/README': 'deb http://deb.debian.org/debian trixie main\n',
  }
  t.deepEqual(await mirrored(t, files, ''), files)
})

test('the addresses of all sources are told in apt’s order, before any list has been fetched', async (t) => {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'sources.list.d'))
  await writeFile(join(folder, 'sources.list'), '# deb http://off.example x y\ndeb [a=b] http://one.example/ x y\n')
  await writeFile(
    join(folder, 'sources.list.d/a.sources'),
    'Types: deb\n# a comment\nURIs: http://two.example\n  http://three.example/d\nSuites: x\n',
  )
  await writeFile(join(folder, 'sources.list.d/b.list'), 'deb http://four.example x y')
  const script = 'set -Eeuo pipefail; . "$1"; source_addresses "$2"'
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', engine, folder], { encoding: 'utf8' })
  t.is(stdout, 'http://one.example/\nhttp://two.example\nhttp://three.example/d\nhttp://four.example\n', stderr)
})

/** apt's settings for hosts that no proxy is for. */
const direct = (t: ExecutionContext, entries: string, ...addresses: string[]): string[] => {
  const script = 'set -Eeuo pipefail; . "$1"; direct_hosts <(printf %s "$2")'
  const run = spawnSync('bash', ['-c', script, 'bash', engine, entries], {
    encoding: 'utf8',
    input: `${addresses.join('\n')}\n`,
  })
  t.is(run.status, 0, run.stderr)
  return [...run.stdout.matchAll(/^Acquire::https::Proxy::(\S+) "DIRECT";$/gm)].map(([, host = '']) => host)
}

test('no proxy is for loopback, nor for the hosts that the caller names, their subdomains and ports', (t) => {
  const entries = 'corp.example\ntwo.example:8443\n'
  t.deepEqual(
    direct(
      t,
      entries,
      ...['http://127.0.0.1:4000/', 'https://localhost/x/', 'http://[::1]:80/', 'https://apt.corp.example/debian/'],
      ...[
        'https://APT.corp.example/other/',
        'https://notcorp.example/',
        'https://two.example:8443/',
        'https://two.example/',
      ],
    ),
    ['127.0.0.1', 'localhost', '[::1]', 'apt.corp.example', 'two.example'],
  )
  t.deepEqual(direct(t, '*\n', 'https://anything.example/'), ['anything.example'])
  t.deepEqual(direct(t, '', 'https://anything.example/'), [])
})
