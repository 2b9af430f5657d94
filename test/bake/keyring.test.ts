import { execFileSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { type Delivery, makeKeyring } from '../../scripts/lib/bake/keyring.ts'
import { type Keys, makeKeys } from '../fetch/_keys.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

const from = (keys: Keys, name: string, fingerprints: readonly string[], armor = true): Delivery => ({
  address: `https://keys.example.com/${name}`,
  content: keys.gpg([...(armor ? ['--armor'] : []), '--export', ...fingerprints]),
})

const fingerprintsIn = (keys: Keys, keyring: Buffer): string[] =>
  [
    ...keys
      .gpg(['--show-keys', '--with-colons'], keyring)
      .toString()
      .matchAll(/^fpr:+([0-9A-F]{40}):/gm),
  ].map(([, fingerprint = '']) => fingerprint)

/** A keyring made in a folder of the test's own. */
const make = async (t: ExecutionContext, deliveries: readonly Delivery[], wanted: readonly string[]) =>
  makeKeyring(deliveries, wanted, await temporaryFolder(t))

const refused = (t: ExecutionContext, deliveries: readonly Delivery[], wanted: readonly string[]) =>
  t.throwsAsync(make(t, deliveries, wanted), { instanceOf: BoxhoundError, message: /./ })

test('the keyring holds the listed keys in their order, whether they came armored or not, and nothing else', async (t) => {
  const keys = await makeKeys(t)
  const [a, b, other] = [keys.make('a'), keys.make('b'), keys.make('other')]
  const armored = [from(keys, 'CURRENT', [b]), from(keys, 'B', [b]), from(keys, 'A', [a, other])]
  const { content, notes } = await make(t, armored, [a, b])
  t.deepEqual(fingerprintsIn(keys, content), [a, b])
  t.deepEqual(notes, [`https://keys.example.com/A also has the key ${other}, which is not listed: ignored`])
  const binary = await make(t, [from(keys, 'B', [b], false), from(keys, 'A', [a], false)], [a, b])
  t.deepEqual(binary.content, content)
  t.deepEqual(binary.notes, [])
})

test('an address that gives none of the listed keys is refused, whatever the others give: a rotation or a forgery', async (t) => {
  const keys = await makeKeys(t)
  const [listed, other] = [keys.make('listed'), keys.make('other')]
  const error = await refused(t, [from(keys, 'A', [listed]), from(keys, 'CURRENT', [other])], [listed])
  t.is(error.code, 'E_KEYS')
  t.is(error.message, 'https://keys.example.com/CURRENT has a key that this box does not list')
  t.is(error.details.expected, `one of ${listed}`)
  t.is(error.details.found, other)
  t.regex(error.details.next ?? '', /may have rotated its key.*agent\.repository/)
})

test('what is no key is refused, and shown', async (t) => {
  const keys = await makeKeys(t)
  const page = { address: 'https://keys.example.com/A', content: Buffer.from('<html>Please log in</html>') }
  const error = await refused(t, [page], [keys.make('a')])
  t.is(error.message, 'no public key at https://keys.example.com/A')
  t.is(error.details.found, '"<html>Please log in</html>" (gpg: no valid OpenPGP data found.)')
})

test('a short id is not enough: the whole fingerprint is compared', async (t) => {
  const keys = await makeKeys(t)
  const made = keys.make('a')
  const error = await refused(t, [from(keys, 'A', [made])], [`${'0'.repeat(24)}${made.slice(-16)}`])
  t.is(error.details.found, made)
})

test('a listed key that no address gives is told', async (t) => {
  const keys = await makeKeys(t)
  const [a, absent] = [keys.make('a'), keys.make('absent')]
  const { content, notes } = await make(t, [from(keys, 'A', [a])], [absent, a])
  t.deepEqual(fingerprintsIn(keys, content), [a])
  t.deepEqual(notes, [`the listed key ${absent} was not found at any address: omitted from the keyring`])
})

test('an expired key is left out and told with its date; nothing good left is an error', async (t) => {
  const keys = await makeKeys(t)
  const [a, old] = [keys.make('a'), keys.make('old', { when: '20200101T000000', expires: '2y' })]
  const { content, notes } = await make(t, [from(keys, 'A', [a]), from(keys, 'OLD', [old])], [old, a])
  t.deepEqual(fingerprintsIn(keys, content), [a])
  t.deepEqual(notes, [`the listed key ${old} expired on 2021-12-31: omitted from the keyring`])
  const error = await refused(t, [from(keys, 'OLD', [old])], [old])
  t.is(error.message, 'none of the listed keys is valid any more')
  t.regex(error.details.found ?? '', new RegExp(`${old} expired on 2021-12-31`))
  t.regex(error.details.next ?? '', /clock/)
})

test('a revocation counts even where another address still has the key without it', async (t) => {
  const keys = await makeKeys(t)
  const [a, gone] = [keys.make('a'), keys.make('gone')]
  const before = from(keys, 'BEFORE', [gone])
  keys.revoke(gone)
  const deliveries = [from(keys, 'A', [a]), from(keys, 'AFTER', [gone]), before]
  const { content, notes } = await make(t, deliveries, [gone, a])
  t.deepEqual(fingerprintsIn(keys, content), [a])
  t.deepEqual(notes, [`the listed key ${gone} was revoked by its owner: omitted from the keyring`])
})

test('no folder and no agent stays behind', async (t) => {
  const keys = await makeKeys(t)
  const a = keys.make('a')
  const scratch = join(await temporaryFolder(t), 'a folder that is not there yet')
  await makeKeyring([from(keys, 'A', [a])], [a], scratch)
  await t.throwsAsync(makeKeyring([from(keys, 'A', [a])], ['F'.repeat(40)], scratch))
  t.deepEqual(await readdir(scratch), [])
  const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
  t.false(processes.includes(scratch))
})
