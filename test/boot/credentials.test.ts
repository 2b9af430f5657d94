import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { inputsFrom, removeCredentials, writeCredentials } from '../../scripts/lib/boot/credentials.ts'

const key = '0123456789abcdef'.repeat(2)

test('the caller’s environment becomes inputs, and empty variables become none', (t) => {
  t.deepEqual(inputsFrom({ DD_API_KEY: key, DD_SITE: 'datadoghq.eu', DD_TAGS: '' }, ['ssh-ed25519 AAAA']), {
    apiKey: key,
    site: 'datadoghq.eu',
    authorizedKeys: ['ssh-ed25519 AAAA'],
  })
})

const wrongKeys = {
  'one letter': 'x',
  'upper case': key.toUpperCase(),
  'a digit too many': `${key}0`,
  'a space at its end': `${key} `,
}

for (const [trouble, wrong] of Object.entries(wrongKeys)) {
  test(`fault 20: a key with ${trouble} is refused without being quoted`, (t) => {
    const error = t.throws(() => inputsFrom({ DD_API_KEY: wrong }, []), { instanceOf: BoxhoundError })
    t.is(error.exitCode, 2)
    if (wrong.length > 1) t.false(JSON.stringify([error.message, error.details]).includes(wrong))
  })
}

for (const name of ['DD_SITE', 'DD_TAGS', 'DD_HOSTNAME'])
  test(`${name} of several lines is refused: a line of a seed file is a value of its own`, (t) => {
    const error = t.throws(() => inputsFrom({ [name]: `a:b\nDD_API_KEY=${key}` }, []), { instanceOf: BoxhoundError })
    t.is(error.exitCode, 2)
    t.false(JSON.stringify([error.message, error.details]).includes(key))
  })

test('each value is a file that only its owner can read', async (t) => {
  const folder = join(await mkdtemp(join(tmpdir(), 'boxhound-test-')), 'credentials')
  t.teardown(() => rm(join(folder, '..'), { recursive: true, force: true }))
  const written = await writeCredentials({ apiKey: key, authorizedKeys: ['one', 'two'] }, folder)
  t.deepEqual(
    written.map(({ name }) => name),
    ['boxhound.dd_api_key', 'boxhound.ssh_authorized_keys'],
  )
  for (const { file } of written) t.is((await stat(file)).mode & 0o777, 0o600)
  t.is((await stat(folder)).mode & 0o777, 0o700)
  t.is(await readFile(join(folder, 'boxhound.dd_api_key'), 'utf8'), key)
  t.is(await readFile(join(folder, 'boxhound.ssh_authorized_keys'), 'utf8'), 'one\ntwo\n')
  await removeCredentials(folder)
  await t.throwsAsync(stat(folder), { code: 'ENOENT' })
})
