import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { refusalOf, wantedTypes } from '../../scripts/lib/hosts/host-trust.ts'
import { type KnownKey, knownKeys, parseKnown } from '../../scripts/lib/hosts/known-hosts.ts'

const folder = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
test.after.always(() => rmSync(folder, { recursive: true }))

const keyOf = (name: string, type = 'ed25519'): { line: string; print: string } => {
  const file = join(folder, name)
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file])
  const print = execFileSync('ssh-keygen', ['-lf', `${file}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? ''
  return { line: readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' '), print }
}

const [a, b, c] = [keyOf('a'), keyOf('b', 'ecdsa'), keyOf('c')]

const known = async (lines: readonly string[], host: string, port = 22, hash = false): Promise<KnownKey[]> => {
  const file = join(mkdtempSync(join(folder, 'known-')), 'known_hosts')
  writeFileSync(file, `${lines.join('\n')}\n`)
  if (hash) execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' })
  return knownKeys(host, port, [join(folder, 'absent'), file])
}

const prints = (keys: readonly KnownKey[]): string[] => keys.map(({ fingerprint }) => fingerprint)

test('plain, hashed and wildcard names are found', async (t) => {
  t.deepEqual(prints(await known([`db1 ${a.line}`, `db2 ${b.line}`], 'db1')), [a.print])
  t.deepEqual(prints(await known([`db1 ${a.line}`], 'db1', 22, true)), [a.print])
  t.deepEqual(prints(await known([`*.example,!bad.example ${a.line}`], 'x.example')), [a.print])
  t.deepEqual(prints(await known([`*.example,!bad.example ${a.line}`], 'bad.example')), [])
  t.deepEqual(prints(await known([`db1 ${a.line}`], 'db11')), [])
})

test('a port has a name of its own, and falls back to the host’s', async (t) => {
  const lines = [`[db1]:2222 ${b.line}`, `db1 ${a.line}`]
  t.deepEqual(prints(await known(lines, 'db1', 2222)), [b.print])
  t.deepEqual(prints(await known(lines, 'db1', 2223)), [a.print])
  t.deepEqual(prints(await known([`[db1]:2222 ${b.line}`], 'db1')), [])
})

const trust = (keys: readonly KnownKey[], hostKey?: string) => ({
  hostKey,
  known: keys,
  knownFiles: ['~/.ssh/known_hosts'],
  knownAs: 'db1',
  port: 2222,
})

test('only a key that is known is believed', async (t) => {
  const keys = await known([`db1 ${a.line}`, `db1 ${b.line}`], 'db1')
  t.is(refusalOf(trust(keys), a.print), undefined)
  t.is(refusalOf(trust(keys), c.print)?.code, 'E_HOST_KEY')
  t.deepEqual(wantedTypes(trust(keys)), ['ssh-ed25519', 'ecdsa-sha2-nistp256'])
})

test('fault 41: without a known key nothing is trusted, and the next step is told', (t) => {
  const error = refusalOf(trust([]), a.print)
  t.is(error?.message, 'unknown host key')
  t.regex(error?.details.expected ?? '', /\[db1\]:2222 in ~\/.ssh\/known_hosts/)
  t.regex(error?.details.next ?? '', /ssh-keygen -lf[\s\S]*--host-key/)
})

test('a revoked key is refused, even where it is also known', async (t) => {
  const keys = await known([`db1 ${a.line}`, `@revoked * ${a.line}`], 'db1')
  t.is(refusalOf(trust(keys), a.print)?.message, 'revoked host key')
})

test('a certificate authority alone is told, not believed', async (t) => {
  const keys = await known([`@cert-authority * ${a.line}`], 'db1')
  t.regex(refusalOf(trust(keys), a.print)?.details.expected ?? '', /@cert-authority/)
  t.is(wantedTypes(trust(keys)), undefined)
})

test('the caller’s fingerprint is the only one that counts', async (t) => {
  const keys = await known([`db1 ${a.line}`], 'db1')
  t.is(refusalOf(trust(keys, c.print), c.print), undefined)
  t.is(refusalOf(trust(keys, c.print), a.print)?.message, 'unexpected host key')
})

test('lines that are no keys are ignored', (t) => {
  t.deepEqual(parseKnown('# Host x found: line 1\n\nx\nx ssh-rsa\nx ssh-rsa !!\n@unknown x ssh-rsa AAAA\n'), [])
})
