import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { endpointOf } from '../../scripts/lib/hosts/endpoint.ts'
import { jumpCommand, shellCommand } from '../../scripts/lib/hosts/proxy.ts'
import { parseSettings } from '../../scripts/lib/hosts/ssh-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
test.after.always(() => rmSync(folder, { recursive: true }))
const [key, locked] = [join(folder, 'id'), join(folder, 'locked')]
execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', locked])

const configOf = (text: string): string => {
  const file = join(mkdtempSync(join(folder, 'config-')), 'config')
  writeFileSync(file, text)
  chmodSync(file, 0o600)
  return file
}

const resolve = (text: string, host: string, more: Record<string, unknown> = {}) =>
  endpointOf({ name: host, host, tags: [], ...more }, { config: configOf(text), environment: {} })

const behind = { name: 'n', host: 'h', port: 22, user: 'u', config: undefined }

test('ssh_config says where a host is and who logs in', async (t) => {
  const text = `Host db-*\n  HostName %h.example\n  Port 2222\n  User ops\n  IdentityFile ${key}\n  UserKnownHostsFile ${folder}/known ${folder}/more\n`
  const found = await resolve(text, 'db-1')
  t.is(found.host, 'db-1.example')
  t.is(found.port, 2222)
  t.is(found.user, 'ops')
  t.deepEqual(
    found.keys.map(({ file }) => file),
    [key],
  )
  t.true(found.knownFiles.includes(`${folder}/more`))
})

test('the caller’s words win', async (t) => {
  const found = await resolve(`Host *\n  Port 2222\n  User ops\n  HostKeyAlias other\n`, 'db1', {
    port: 22,
    user: 'root',
    key,
  })
  t.is(found.port, 22)
  t.is(found.user, 'root')
  t.is(found.knownAs, 'other')
})

test('keys with a passphrase need an agent; without any the login is refused before it starts', async (t) => {
  const error = await t.throwsAsync(resolve(`Host *\n  IdentityFile ${locked}\n`, 'db1'), { code: 'E_SSH_KEY' })
  t.regex(JSON.stringify(error), /locked.*ssh-add/)
})

test('a jump host is reached as ssh does it', async (t) => {
  const { proxy } = await resolve('Host inner\n  HostName 10.0.0.9\n  ProxyJump a,ops@gate:2222\n', 'inner', { key })
  t.deepEqual(proxy?.slice(-10), ['-l', 'ops', '-p', '2222', '-J', 'a', '-W', '[10.0.0.9]:22', '--', 'gate'])
  t.is((await resolve('Host *\n  ProxyJump none\n', 'db1', { key })).proxy, undefined)
})

test('a jump that ssh would take for an option is refused', async (t) => {
  t.throws(() => jumpCommand('-oProxyCommand=x', behind), { code: 'E_SSH_PROXY' })
  t.throws(() => jumpCommand('-x@gate', behind), { code: 'E_SSH_PROXY' })
  t.deepEqual(jumpCommand('[2001:db8::1]:2200', behind).slice(-4), ['-W', '[h]:22', '--', '2001:db8::1'])
})

test('tokens of a ProxyCommand are replaced, and no name can say more to the shell', (t) => {
  t.deepEqual(shellCommand('nc %h %p # %r %n 100%% %x', behind), ['/bin/sh', '-c', 'exec nc h 22 # u n 100% %x'])
  t.throws(() => shellCommand('nc %h', { ...behind, host: '$(id)' }), { code: 'E_SSH_PROXY' })
})

test('a broken configuration is told in ssh’s words', async (t) => {
  await t.throwsAsync(resolve('Host *\n  Prot 22\n', 'db1', { key }), { code: 'E_SSH_CONFIG' })
})

test('several values of one setting are kept in order', (t) => {
  t.deepEqual(parseSettings('port 22\nidentityfile a\nidentityfile b c\nbad\n').get('identityfile'), ['a', 'b c'])
})
