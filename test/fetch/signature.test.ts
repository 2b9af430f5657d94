import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { judgeStatus, type Signer, verifySignature } from '../../scripts/lib/fetch/signature.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { makeKeys } from './_keys.ts'

const list = Buffer.from('a list')
const place = 'https://images.example/SHA256SUMS'

const refused = async (t: ExecutionContext, signature: Buffer, signer: Signer, data = list): Promise<BoxhoundError> => {
  const error = await t.throwsAsync(verifySignature(data, signature, signer, place), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_SIGNATURE')
  t.is(error.exitCode, 1)
  t.is(error.details.file, place)
  t.is(error.details.expected, `a good signature by ${signer.fingerprint}`)
  return error
}

test('a list signed by the wanted key is believed, binary and armored; the time of signing is told', async (t) => {
  const keys = await makeKeys(t)
  const key = keys.make('publisher')
  const when = Date.UTC(2026, 0, 2) / 1000
  const early = keys.make('early', { when: '20200101T000000' })
  t.true(
    Math.abs((await verifySignature(list, keys.sign(list, [key]), keys.signer(key), place)) - Date.now() / 1000) < 600,
  )
  const armored = keys.sign(list, [early], ['--armor', '--faked-system-time', '20260102T000000!'])
  t.is(await verifySignature(list, armored, keys.signer(early), place), when)
})

test('a changed list is refused', async (t) => {
  const keys = await makeKeys(t)
  const key = keys.make('publisher')
  const error = await refused(t, keys.sign(list, [key]), keys.signer(key), Buffer.from('a lisp'))
  t.regex(error.details.found ?? '', /^the file is not what was signed/)
  t.regex(error.details.next ?? '', /somebody has changed the file/)
})

test('a key that the keyring does not hold, and another one that it holds, are told apart', async (t) => {
  const keys = await makeKeys(t)
  const [key, other] = [keys.make('publisher'), keys.make('other')]
  const foreign = await refused(t, keys.sign(list, [other]), keys.signer(key))
  t.regex(foreign.details.found ?? '', new RegExp(`keyring does not hold \\(${other.slice(-16)}\\)`))
  const both = { keyring: keys.keyring('both', [key, other]), fingerprint: key }
  const another = await refused(t, keys.sign(list, [other]), both)
  t.is(another.details.found, `it was made by another key (${other})`)
})

test('an expired key, a revoked key and an expired signature are refused, each by its name', async (t) => {
  const keys = await makeKeys(t)
  const old = keys.make('old', { when: '20200101T000000', expires: '1d' })
  const expired = await refused(t, keys.sign(list, [old], ['--faked-system-time', '20200101T010000']), keys.signer(old))
  t.is(expired.details.found, `the key has expired (${old})`)
  t.regex(expired.details.next ?? '', /renewed key/)
  const key = keys.make('publisher', { when: '20200101T000000' })
  const brief = keys.sign(list, [key], ['--faked-system-time', '20200102T000000', '--default-sig-expire', '1d'])
  t.is((await refused(t, brief, keys.signer(key))).details.found, `the signature has expired (${key})`)
  const good = keys.sign(list, [key])
  keys.revoke(key)
  t.is((await refused(t, good, keys.signer(key))).details.found, `the key was revoked by its owner (${key})`)
})

test('of several signatures the wanted one is enough, in whatever order; a bad one among them condemns the list', async (t) => {
  const keys = await makeKeys(t)
  const [key, other] = [keys.make('publisher'), keys.make('other')]
  for (const by of [
    [key, other],
    [other, key],
  ])
    await t.notThrowsAsync(verifySignature(list, keys.sign(list, by), keys.signer(key), place))
  const both = { keyring: keys.keyring('both', [key, other]), fingerprint: key }
  const mixed = Buffer.concat([keys.sign(list, [key]), keys.sign('another list', [other])])
  t.regex((await refused(t, mixed, both)).details.found ?? '', /^the file is not what was signed/)
})

test('a subkey signs for its primary key, whose fingerprint counts', async (t) => {
  const keys = await makeKeys(t)
  const key = keys.make('publisher')
  keys.gpg(['--quick-add-key', key, 'ed25519', 'sign'])
  const signature = keys.sign(list, [key])
  const packets = keys.gpg(['--list-packets'], signature).toString()
  t.false(packets.includes(key.slice(-16)), 'the subkey signed')
  await t.notThrowsAsync(verifySignature(list, signature, keys.signer(key), place))
})

test('what is no signature, an empty file too, is refused', async (t) => {
  const keys = await makeKeys(t)
  const signer = keys.signer(keys.make('publisher'))
  for (const text of [
    '',
    'hello',
    '<html>404</html>',
    '-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n',
  ])
    t.is((await refused(t, Buffer.from(text), signer)).details.found, 'no signature', text)
})

test('a signature over SHA-1 is refused, and so is half a fingerprint', (t) => {
  const fingerprint = 'A'.repeat(40)
  const signer = { keyring: '', fingerprint }
  const status = (digest: number, primary = fingerprint): string =>
    `[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG ${fingerprint.slice(24)} x\n[GNUPG:] VALIDSIG ${fingerprint} 2026-01-02 1767312000 0 4 0 1 ${digest} 00 ${primary}\n`
  t.is(judgeStatus(status(8), signer, place), 1_767_312_000)
  t.is(judgeStatus(status(10), signer, place), 1_767_312_000)
  for (const digest of [1, 2, 3])
    t.throws(() => judgeStatus(status(digest), signer, place), { code: 'E_SIGNATURE' }, String(digest))
  t.throws(() => judgeStatus(status(8, `${'B'.repeat(24)}${fingerprint.slice(24)}`), signer, place), {
    code: 'E_SIGNATURE',
  })
  t.throws(() => judgeStatus(status(8).replace('GOODSIG', 'EXPSIG'), signer, place), { code: 'E_SIGNATURE' })
  t.throws(() => judgeStatus(status(8).split('\n').slice(1).join('\n'), signer, place), { code: 'E_SIGNATURE' })
})

test('a keyring that is missing is named; the caller’s own keys have no say', async (t) => {
  const keys = await makeKeys(t)
  const key = keys.make('publisher')
  const error = await t.throwsAsync(
    verifySignature(list, keys.sign(list, [key]), { keyring: '/none.gpg', fingerprint: key }, place),
    { instanceOf: BoxhoundError },
  )
  t.is(error.code, 'E_KEYRING')
  t.is(error.details.file, '/none.gpg')
  const home = await temporaryFolder(t)
  writeFileSync(join(home, 'trustedkeys.gpg'), keys.gpg(['--export', key]))
  const other = keys.make('other')
  const before = process.env.GNUPGHOME
  process.env.GNUPGHOME = home
  t.teardown(() => {
    if (before === undefined) delete process.env.GNUPGHOME
    else process.env.GNUPGHOME = before
  })
  await refused(t, keys.sign(list, [key]), { keyring: keys.keyring('other', [other]), fingerprint: key })
})

test.serial('without gpgv: exit code 3 and how to get it; nothing stays behind', async (t) => {
  const keys = await makeKeys(t)
  const key = keys.make('publisher')
  const signature = keys.sign(list, [key])
  const signer = keys.signer(key)
  const folder = await temporaryFolder(t)
  const { PATH, TMPDIR } = process.env
  t.teardown(() => {
    process.env.PATH = PATH
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  })
  process.env.TMPDIR = folder
  await verifySignature(list, signature, signer, place)
  process.env.PATH = folder
  const error = await t.throwsAsync(verifySignature(list, signature, signer, place), {
    instanceOf: BoxhoundError,
  })
  t.is(error.exitCode, 3)
  t.regex(formatError(error), /apt-get install gpgv/)
  t.deepEqual(readdirSync(folder), [])
})
