import test from 'ava'
import { fingerprintOf } from '../../scripts/lib/_helpers/host-key.ts'
import { matchingLines } from '../../scripts/lib/boot/known-hosts.ts'
import { sshArguments } from '../../scripts/lib/boot/ssh-command.ts'

const key = Buffer.from('a public key')
const line = `[127.0.0.1]:4022 ssh-ed25519 ${key.toString('base64')}`

test('only the key with the told fingerprint is kept', (t) => {
  const scan = `# 127.0.0.1:4022 SSH-2.0\n${line}\n[127.0.0.1]:4022 ssh-rsa ${Buffer.from('other').toString('base64')}\n`
  t.deepEqual(matchingLines(scan, fingerprintOf(key)), [line])
})

test('a machine with another key matches nothing', (t) => {
  t.deepEqual(matchingLines(line, fingerprintOf(Buffer.from('told on the console'))), [])
})

test('ssh trusts the pinned key alone, and the command comes after the host', (t) => {
  const login = { host: '127.0.0.1', port: 4022, user: 'root', key: '/k', hostKey: 'SHA256:x' }
  const list = sshArguments(login, '/m y/known_hosts', ['uptime', '-p'])
  t.true(list.includes('StrictHostKeyChecking=yes'))
  t.true(list.includes('UserKnownHostsFile="/m y/known_hosts"'))
  t.deepEqual(list.slice(-4), ['--', '127.0.0.1', 'uptime', '-p'])
})
