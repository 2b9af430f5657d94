// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text for the shell
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import ssh2 from 'ssh2'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { fingerprintOf } from '../../scripts/lib/_helpers/host-key.ts'
import { fingerprintIn, machineName, parseSshConfig, vagrantTarget } from '../../scripts/lib/verify/vagrant.ts'
import { programFolder } from '../bake/_programs.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

/** As Vagrant 2.3 prints it (templates/commands/ssh_config/config.erb). */
const sshConfig = (host: string, port: number, key: string): string =>
  [
    `Host ${host}`,
    '  HostName 127.0.0.1',
    '  User vagrant',
    `  Port ${port}`,
    '  UserKnownHostsFile /dev/null',
    '  StrictHostKeyChecking no',
    '  PasswordAuthentication no',
    `  IdentityFile ${key}`,
    '  IdentitiesOnly yes',
    '  LogLevel FATAL',
    '',
  ].join('\n')

test('keywords are found in any case, with the values behind them', (t) => {
  const words = parseSshConfig(sshConfig('lab', 2222, '/keys/id'))
  t.deepEqual(
    ['hostname', 'user', 'port', 'identityfile'].map((keyword) => words.get(keyword)),
    ['127.0.0.1', 'vagrant', '2222', '/keys/id'],
  )
  t.is(parseSshConfig('Host a\r\n\tHOSTNAME\t10.0.0.1  \r\n').get('hostname'), '10.0.0.1')
})

test('a path with blanks comes without the quotes that Vagrant puts around it', (t) => {
  const path = '/home/some body/my "own" boxes/private_key'
  t.is(parseSshConfig(sshConfig('lab', 22, `"${path}"`)).get('identityfile'), path)
  t.is(parseSshConfig('Host a\n  IdentityFile /a b/c\n').get('identityfile'), '/a b/c')
})

test('of several Host blocks the values of one are taken, never some of each', (t) => {
  const words = parseSshConfig(`${sshConfig('lab', 1, '/keys/1')}\n${sshConfig('other', 2, '/keys/2')}`)
  t.is(words.get('identityfile'), `/keys/${words.get('port')}`)
})

test('what is no configuration gives no words', (t) => {
  t.is(parseSshConfig('').size, 0)
  t.is(parseSshConfig('A new version of Vagrant is available: 2.4.9!\nHost lab\n').get('hostname'), undefined)
})

const keyPair = (kind: 'ed25519' | 'ecdsa' | 'rsa') =>
  ssh2.utils.generateKeyPairSync(kind, { bits: kind === 'rsa' ? 2048 : 256 })
/** A public key as ssh-keygen writes it, and its fingerprint. */
const publicKey = (kind: 'ed25519' | 'ecdsa' | 'rsa'): { line: string; fingerprint: string } => {
  const line = `${keyPair(kind).public} root@boxhound-000001`
  return { line, fingerprint: fingerprintOf(Buffer.from(line.split(' ')[1] ?? '', 'base64')) }
}
const [ed25519, ecdsa, rsa] = [publicKey('ed25519'), publicKey('ecdsa'), publicKey('rsa')]

test('the fingerprint is that of the key which this project’s client is shown: ed25519, then ECDSA, then RSA', (t) => {
  t.is(fingerprintIn([rsa.line, ecdsa.line, ed25519.line].join('\n')), ed25519.fingerprint)
  t.is(fingerprintIn([rsa.line, ecdsa.line].join('\n')), ecdsa.fingerprint)
  t.is(fingerprintIn(`${rsa.line}\n`), rsa.fingerprint)
})

test('lines around the keys, blanks and line ends of a terminal don’t matter', (t) => {
  t.is(fingerprintIn(`Welcome!\r\n\r\n  ${ed25519.line}\r\nssh-dss AAAA old\r\n`), ed25519.fingerprint)
})

for (const text of [
  '\n',
  'cat: /etc/ssh/ssh_host_*_key.pub: No such file or directory',
  'ssh-ed25519',
  'ssh-dss AAAA a',
])
  test(`"${text.trim()}" tells no fingerprint`, (t) => {
    t.is(fingerprintIn(text), undefined)
  })

test('the machine is called as the box, on a stock box with that behind it', (t) => {
  t.is(machineName('lab', {}), 'lab')
  t.is(machineName('ubuntu', { BOXHOUND_BASE: 'debian/trixie64' }), 'ubuntu-stock')
})

interface Stub {
  readonly root: string
  readonly environment: NodeJS.ProcessEnv
  /** Arguments of each call, one line each. */
  readonly calls: () => Promise<string[]>
  /** Everything that the calls had in their environment. */
  readonly seen: () => Promise<string>
}

/** A Vagrant that answers as told: text for the shell for each of its two questions. */
const stub = async (t: ExecutionContext, config: string, keys = 'exit 9'): Promise<Stub> => {
  const root = join(await temporaryFolder(t), 'the project')
  await mkdir(root)
  const bin = await programFolder(t, {
    vagrant: [
      'echo "$PWD: $*" >>"${0%/*}/calls"',
      'env >>"${0%/*}/environment"',
      'case $2 in',
      `  ssh-config) ${config} ;;`,
      `  ssh) ${keys} ;;`,
      'esac',
    ].join('\n'),
  })
  const told = (name: string): Promise<string> => readFile(join(bin, name), 'utf8')
  return {
    root,
    environment: { PATH: `${bin}:${process.env.PATH}`, HOME: '/nowhere' },
    calls: async () => (await told('calls')).trimEnd().split('\n'),
    seen: () => told('environment'),
  }
}

const says = (text: string): string => `printf '%s' '${text}'`
const running = says(sshConfig('lab', 2222, '"/keys of mine/id"'))
const keysOf = says([ecdsa.line, ed25519.line, ''].join('\n'))

test('address, user, key and host key are the ones that Vagrant tells of the box’s machine, asked in the project', async (t) => {
  const { root, environment, calls } = await stub(t, running, keysOf)
  t.deepEqual(await vagrantTarget(root, 'lab', environment), {
    host: '127.0.0.1',
    port: 2222,
    user: 'vagrant',
    key: '/keys of mine/id',
    hostKey: ed25519.fingerprint,
  })
  t.deepEqual(await calls(), [
    `${root}: --no-color ssh-config lab`,
    `${root}: --no-color ssh lab --no-tty -c cat /etc/ssh/ssh_host_*_key.pub`,
  ])
})

test('the caller’s keys are not handed to Vagrant, and the name of the box is', async (t) => {
  const { root, environment, seen } = await stub(t, running, keysOf)
  const canary = '0123456789abcdef0123456789abcdef'
  const own = { DD_API_KEY: canary, DD_APP_KEY: canary, DD_SITE: 'datadoghq.eu', BOX: 'another', VAGRANT_LOG: 'debug' }
  await vagrantTarget(root, 'ubuntu', { ...environment, ...own })
  const text = await seen()
  t.notRegex(text, /^DD_/m)
  t.false(text.includes(canary))
  t.deepEqual(text.match(/^(BOX|VAGRANT_LOG)=.*$/gm)?.toSorted(), [
    'BOX=ubuntu',
    'BOX=ubuntu',
    'VAGRANT_LOG=debug',
    'VAGRANT_LOG=debug',
  ])
})

test('a machine on a stock box is asked for by its own name', async (t) => {
  const { root, environment, calls } = await stub(t, running, keysOf)
  await vagrantTarget(root, 'lab', { ...environment, BOXHOUND_BASE: 'debian/trixie64' })
  t.deepEqual(
    (await calls()).map((line) => / (lab\S*)( |$)/.exec(line)?.[1]),
    ['lab-stock', 'lab-stock'],
  )
})

test('without Vagrant on this machine the exit code is 3 and setup is the next step', async (t) => {
  const root = await temporaryFolder(t)
  const error = await t.throwsAsync(vagrantTarget(root, 'lab', { PATH: root }), {
    instanceOf: BoxhoundError,
    code: 'E_NO_VAGRANT',
  })
  t.is(error.exitCode, 3)
  t.regex(error.details.next ?? '', /npm run setup -- --vagrant/)
})

for (const [box, own, next] of [
  ['lab', {}, 'vagrant up'],
  ['ubuntu', {}, 'BOX=ubuntu vagrant up'],
  ['lab', { BOXHOUND_BASE: 'debian/trixie64' }, 'BOXHOUND_BASE=debian/trixie64 vagrant up'],
  ['ubuntu', { BOXHOUND_BASE: 'a/b' }, 'BOXHOUND_BASE=a/b BOX=ubuntu vagrant up'],
] as const)
  test(`no running machine of ${box}${Object.keys(own).length > 0 ? ' on a stock box' : ''}: the next step is ${next}`, async (t) => {
    const { root, environment, calls } = await stub(t, 'echo "The machine is not created." >&2; exit 1')
    const error = await t.throwsAsync(vagrantTarget(root, box, { ...environment, ...own }), {
      instanceOf: BoxhoundError,
      code: 'E_VAGRANT',
      message: /no running machine/,
    })
    t.is(error.exitCode, 1)
    t.is(error.details.next, next)
    t.is(error.details.found, 'The machine is not created.')
    t.is((await calls()).length, 1, 'nobody is logged in')
  })

for (const [what, answer, found] of [
  ['says nothing and fails', 'exit 4', /status 4/],
  ['is killed', 'kill -9 $$', /status none/],
  ['tells no address', says('Host lab\n  User vagrant\n'), /status 0/],
  ['fails after all', `${running}; exit 1`, /status 1/],
] as const)
  test(`a Vagrant that ${what} has no running machine`, async (t) => {
    const { root, environment } = await stub(t, answer)
    const error = await t.throwsAsync(vagrantTarget(root, 'lab', environment), { code: 'E_VAGRANT' })
    t.regex(formatError(error), found)
  })

test('a machine that tells no host key is not verified at all', async (t) => {
  const { root, environment } = await stub(t, running, 'echo "cat: No such file or directory" >&2; exit 1')
  const error = await t.throwsAsync(vagrantTarget(root, 'lab', environment), {
    instanceOf: BoxhoundError,
    code: 'E_VAGRANT',
    message: /cannot read the host keys/,
  })
  t.regex(error.details.found ?? '', /No such file/)
  t.regex(error.details.next ?? '', /vagrant reload/)
})
