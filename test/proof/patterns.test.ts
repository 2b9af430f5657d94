import test from 'ava'
import { findIn, patternsFor } from '../../scripts/lib/proof/patterns.ts'
import { canaryText } from '../../scripts/lib/proof/plant.ts'

const builder = { hostName: 'vm', own: [{ kind: 'folder of the builder', text: '/home/me/boxhound/' }] }
const patterns = patternsFor(builder)
const kindsIn = (text: string): string[] => {
  const bytes = Buffer.from(text, 'latin1')
  return [...new Set(findIn(bytes, patterns, bytes.length).map(({ kind }) => kind))]
}

test('the canary holds one of everything that is looked for', (t) => {
  t.deepEqual(kindsIn(canaryText(builder)).sort(), patterns.map(({ kind }) => kind).sort())
})

test('keys of every shape are looked for', (t) => {
  for (const key of ['0123456789abcdef'.repeat(2), '01234'.repeat(8), `ddapp_${'aB3'.repeat(11)}x`])
    t.deepEqual(kindsIn(`DD_APP_KEY=x\napp_key: "${key}"`), ['API or application key'], key.slice(0, 8))
})

test('what libraries and documents say about secrets is none', (t) => {
  const harmless = [
    '-----BEGIN OPENSSH PRIVATE KEY-----\0-----END OPENSSH PRIVATE KEY-----\0',
    '-----BEGIN PRIVATE KEY-----\n...\n',
    'https://user:pass@host https://username:password@host.com amqp://guest:guest@127.0.0.1:5672//',
    'api_key: 0123456789abcdef0123456789abcdef01 api_key: ENC[handle] api_key: <32 digits>',
    'password: changeme\npassword = $PASSWORD_OF_THIS_INSTANCE\n',
    'ssh-ed25519 AAAAC3Nz…',
    'vm.swappiness = 1, kvm, http://vm.example',
  ]
  for (const text of harmless) t.deepEqual(kindsIn(text), [], text)
})

test('the builder’s host name counts where something writes host names', (t) => {
  for (const text of ['root@vm', '_HOSTNAME=vm\n', 'Nov 20 10:17:01 vm systemd[1]:'])
    t.deepEqual(kindsIn(text), ['host name of the builder'], text)
  for (const text of ['root@vm-7', 'root@vm.example', 'HOSTNAME=vms']) t.deepEqual(kindsIn(text), [], text)
})

test('only findings that begin before the limit count', (t) => {
  const bytes = Buffer.from('....boxhound-canary-1 boxhound-canary-2')
  t.deepEqual(
    findIn(bytes, patterns, 20).map(({ offset }) => offset),
    [4],
  )
})
